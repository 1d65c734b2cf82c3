// A thread for each particle, a switch on its kind. A warp whose lanes are of all four kinds runs all four
// branches one after the other, each with a quarter of its lanes.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

#include "motion.h"

namespace {

using namespace aisp::ch06;

constexpr int kThreads = 256;

__global__ void __launch_bounds__(kThreads)
    move(std::int64_t n, const float* __restrict__ x, const std::int32_t* __restrict__ kind,
         float* __restrict__ y) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= n) return;
  const float u = x[i];
  switch (kind[i]) {
    case 0: y[i] = integrate<0>(u); break;
    case 1: y[i] = integrate<1>(u); break;
    case 2: y[i] = integrate<2>(u); break;
    default: y[i] = integrate<3>(u); break;
  }
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  move<<<static_cast<unsigned>((n + kThreads - 1) / kThreads), kThreads, 0,
         launch.stream<cudaStream_t>()>>>(n, launch.input<float>(0), launch.input<std::int32_t>(1),
                                          launch.output<float>(0));
  aisp::kernels::check_launch("move");
}

}  // namespace

AISP_IMPLEMENTATION(run, "a switch in each thread");
