// One element for each thread: what every introduction shows. Its accesses are coalesced. A thread has
// two loads of four bytes under way and ends: a block costs a launch for each 256 elements.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;

__global__ void __launch_bounds__(kThreads)
    add(std::int64_t n, const float* __restrict__ a, const float* __restrict__ b,
        float* __restrict__ c) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i < n) c[i] = a[i] + b[i];
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const auto blocks = static_cast<unsigned>((n + kThreads - 1) / kThreads);
  add<<<blocks, kThreads, 0, launch.stream<cudaStream_t>()>>>(
      n, launch.input<float>(0), launch.input<float>(1), launch.output<float>(0));
  aisp::kernels::check_launch("add");
}

}  // namespace

AISP_IMPLEMENTATION(run, "one element per thread");
