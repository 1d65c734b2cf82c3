// No branch: each lane computes all four slopes and selects one. The warp does the work of four kinds,
// as a divergent one does; what is saved are the branches, and the four chains run side by side.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

#include "motion.h"

namespace {

using namespace aisp::ch06;

constexpr int kThreads = 256;

__device__ __forceinline__ float any_slope(int kind, float u) {
  const float low = kind & 1 ? slope<1>(u) : slope<0>(u);
  const float high = kind & 1 ? slope<3>(u) : slope<2>(u);
  return kind & 2 ? high : low;
}

__global__ void __launch_bounds__(kThreads)
    move(std::int64_t n, const float* __restrict__ x, const std::int32_t* __restrict__ kind,
         float* __restrict__ y) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= n) return;
  float u = x[i];
  const int k = kind[i];
#pragma unroll 4
  for (int s = 0; s < kSteps; ++s) u += 0.0625f * any_slope(k, u + 0.03125f * any_slope(k, u));
  y[i] = u;
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  move<<<static_cast<unsigned>((n + kThreads - 1) / kThreads), kThreads, 0,
         launch.stream<cudaStream_t>()>>>(n, launch.input<float>(0), launch.input<std::int32_t>(1),
                                          launch.output<float>(0));
  aisp::kernels::check_launch("move");
}

}  // namespace

AISP_IMPLEMENTATION(run, "all four slopes in each lane, one selected");
