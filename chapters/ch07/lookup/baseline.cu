// Four look-ups for each thread, all under way at once, as they come. Indices and results are coalesced;
// of each sector of 32 bytes of the table four are used.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;

// n is a multiple of four.
__global__ void __launch_bounds__(kThreads)
    look_up(std::int64_t n4, const float* __restrict__ table, const int4* __restrict__ index,
            float4* __restrict__ y) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= n4) return;
  const int4 at = __ldcs(index + i);
  __stcs(y + i, make_float4(table[at.x], table[at.y], table[at.z], table[at.w]));
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  aisp::kernels::require(n % 4 == 0, "this kernel needs a number of look-ups that 4 divides");
  look_up<<<static_cast<unsigned>((n / 4 + kThreads - 1) / kThreads), kThreads, 0,
            launch.stream<cudaStream_t>()>>>(n / 4, launch.input<float>(0), launch.input<int4>(1),
                                             launch.output<float4>(0));
  aisp::kernels::check_launch("look_up");
}

}  // namespace

AISP_IMPLEMENTATION(run, "look-ups as they come");
