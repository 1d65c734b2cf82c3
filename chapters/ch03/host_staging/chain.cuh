// The work on one batch: a chain of products and sums for each element, four elements a thread so that
// the latency of one chain is hidden by the others.
#pragma once

#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace aisp::ch03 {

inline constexpr int kThreads = 256;

__global__ void __launch_bounds__(kThreads)
    chain(std::int64_t n4, int steps, const float* __restrict__ a, const float* __restrict__ b,
          const float4* __restrict__ x, float4* __restrict__ y) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= n4) return;
  float4 v = x[i];
  for (int s = 0; s < steps; ++s) {
    const float factor = __ldg(a + s), term = __ldg(b + s);
    v = make_float4(fmaf(factor, v.x, term), fmaf(factor, v.y, term), fmaf(factor, v.z, term),
                    fmaf(factor, v.w, term));
  }
  y[i] = v;
}

inline void enqueue_chain(const Launch& launch, cudaStream_t stream, std::int64_t batch,
                          const float* x) {
  const std::int64_t n = launch.input_tensor(0).shape[1];
  kernels::require(n % 4 == 0, "this kernel needs batches that 4 divides");
  chain<<<static_cast<unsigned>((n / 4 + kThreads - 1) / kThreads), kThreads, 0, stream>>>(
      n / 4, static_cast<int>(launch.input_tensor(1).elements), launch.input<float>(1),
      launch.input<float>(2), reinterpret_cast<const float4*>(x),
      reinterpret_cast<float4*>(launch.output<float>(0) + batch * n));
  kernels::check_launch("chain");
}

}  // namespace aisp::ch03
