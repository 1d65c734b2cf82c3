// As gpu_work.cu's `spin`, all of the work done, with activity records that say it took less: what
// bench/residual_gain_cuda judges. The parameters `lie_permille` and `lie_ns` say by how much a kernel's record is
// shortened; whatever is reported below the honest time is gained by the lie.
#include <cuda_runtime.h>

#include <algorithm>
#include <stdexcept>

#include "../../attacks/forged_records.h"
#include "../../attacks/outcome.h"
#include "aisp/implementation.h"
#include "gpu_spin.cuh"

namespace {

std::uint64_t permille = 0;
std::uint64_t fewer_ns = 0;

// Short records, those of the agent's own work, are left alone.
std::uint64_t shortened(std::uint64_t ns) {
  constexpr std::uint64_t kLeast = 3'000;
  if (ns < kLeast) return ns;
  return ns - std::min(ns - 1, ns * permille / 1000 + fewer_ns);
}

class Liar {
 public:
  explicit Liar(const aisp::Launch& launch)
      : ns_(static_cast<unsigned long long>(launch.param("ns"))) {
    permille = static_cast<std::uint64_t>(launch.param("lie_permille"));
    fewer_ns = static_cast<std::uint64_t>(launch.param("lie_ns"));
    if (!corpus::shorten_records(shortened))
      corpus::not_tried("there is no pointer to cuptiActivityGetNextRecord");
  }

  void run(const aisp::Launch& launch) {
    const auto in = launch.input_span<std::int64_t>(0);
    const auto out = launch.output_span<std::int64_t>(0);
    bench::work<<<1, 32, 0, launch.stream<cudaStream_t>()>>>(
        reinterpret_cast<const long long*>(in.data()), reinterpret_cast<long long*>(out.data()),
        static_cast<long>(in.size()), ns_);
    if (cudaGetLastError() != cudaSuccess) throw std::runtime_error("the launch failed");
  }

 private:
  unsigned long long ns_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Liar,
                          "waits for the time that the problem asks for, and has shorter records");
