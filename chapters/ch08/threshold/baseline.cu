// Loads of w only where they are wanted. Half of a sector's elements are, so that every sector comes anyway; and
// a load that waits for an answer starts when the first one is through.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;

// n4 pieces of four elements.
__global__ void __launch_bounds__(kThreads)
    gate(std::int64_t n4, float limit, const float4* __restrict__ x, const float* __restrict__ w,
         float4* __restrict__ y) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= n4) return;
  float4 v = x[i];
  const float* const weights = w + 4 * i;
  if (v.x > limit) v.x *= weights[0];
  if (v.y > limit) v.y *= weights[1];
  if (v.z > limit) v.z *= weights[2];
  if (v.w > limit) v.w *= weights[3];
  __stcs(y + i, v);
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  aisp::kernels::require(n % 4 == 0, "this kernel needs a number of elements that 4 divides");
  gate<<<static_cast<unsigned>((n / 4 + kThreads - 1) / kThreads), kThreads, 0,
         launch.stream<cudaStream_t>()>>>(n / 4, static_cast<float>(launch.param("limit")),
                                          launch.input<float4>(0), launch.input<float>(1),
                                          launch.output<float4>(0));
  aisp::kernels::check_launch("gate");
}

}  // namespace

AISP_IMPLEMENTATION(run, "w is loaded where x is above the limit");
