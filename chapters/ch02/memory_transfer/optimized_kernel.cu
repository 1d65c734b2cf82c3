// No copy engine: one kernel whose blocks read the host's memory, the other half write it, 16 bytes a
// thread. Multiprocessors can drive the link too; what they cannot do then is compute.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 512;
constexpr int kBlocks =
    64;  // each way: 64 x 512 x 16 bytes under way is enough for a microsecond of PCIe 5

__global__ void __launch_bounds__(kThreads)
    carry(std::int64_t n4, const float4* __restrict__ up, const float4* __restrict__ down,
          float4* __restrict__ uploaded, float4* __restrict__ downloaded) {
  const bool upwards = blockIdx.x % 2 == 0;
  const float4* const from = upwards ? up : down;
  float4* const to = upwards ? uploaded : downloaded;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x / 2) * kThreads + threadIdx.x; i < n4;
       i += static_cast<std::int64_t>(kBlocks) * kThreads)
    to[i] = from[i];
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  aisp::kernels::require(n % 4 == 0, "this kernel needs a number of elements that 4 divides");
  carry<<<2 * kBlocks, kThreads, 0, launch.stream<cudaStream_t>()>>>(
      n / 4, launch.input<float4>(0), launch.input<float4>(1), launch.output<float4>(0),
      launch.output<float4>(1));
  aisp::kernels::check_launch("carry");
}

}  // namespace

AISP_IMPLEMENTATION(run, "both directions by one kernel");
