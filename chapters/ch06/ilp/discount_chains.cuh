// Discounted sums, a thread for each factor, the rewards in shared memory. The rewards are cut into
// kChains segments, Horner's rule runs along all of them at once, and the segments' sums come together
// at the end: v = q[0] + g^L (q[1] + g^L (q[2] + ...)), L the length of a segment.
//
// A multiply-add takes 4 cycles, and a scheduler with a single warp starts one only when that warp has
// one that waits for nothing: one chain keeps it busy a quarter of the time.
#pragma once

#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace aisp::ch06 {

inline constexpr int kThreads = 128;
inline constexpr int kMaxTerms = 8192;  // 32 KiB

template <int kChains>
__global__ void __launch_bounds__(kThreads)
    discount(int n, int terms, const float* __restrict__ g, const float* __restrict__ r,
             float* __restrict__ v) {
  __shared__ float4 rewards[kMaxTerms / 4];
  for (int i = static_cast<int>(threadIdx.x); i < terms / 4; i += kThreads)
    rewards[i] = reinterpret_cast<const float4*>(r)[i];
  __syncthreads();
  const int i = static_cast<int>(blockIdx.x) * kThreads + static_cast<int>(threadIdx.x);
  if (i >= n) return;
  const float factor = g[i];
  const int segment = terms / kChains;
  float sums[kChains] = {};
#pragma unroll 4
  for (int k = segment / 4 - 1; k >= 0; --k) {
    float4 term[kChains];
#pragma unroll
    for (int c = 0; c < kChains; ++c) term[c] = rewards[c * (segment / 4) + k];
#pragma unroll
    for (int c = 0; c < kChains; ++c) sums[c] = sums[c] * factor + term[c].w;
#pragma unroll
    for (int c = 0; c < kChains; ++c) sums[c] = sums[c] * factor + term[c].z;
#pragma unroll
    for (int c = 0; c < kChains; ++c) sums[c] = sums[c] * factor + term[c].y;
#pragma unroll
    for (int c = 0; c < kChains; ++c) sums[c] = sums[c] * factor + term[c].x;
  }
  float sum = sums[kChains - 1];
  if constexpr (kChains > 1) {
    // g^segment, in double: squaring doubles the relative error each time.
    double power = static_cast<double>(factor);
    for (int length = 1; length < segment; length *= 2) power *= power;
    const float step = static_cast<float>(power);
#pragma unroll
    for (int c = kChains - 2; c >= 0; --c) sum = sum * step + sums[c];
  }
  v[i] = sum;
}

template <int kChains>
void run_discount(const Launch& launch) {
  const auto n = static_cast<int>(launch.input_tensor(0).shape[0]);
  const auto terms = static_cast<int>(launch.input_tensor(1).shape[0]);
  const int segment = terms / kChains;
  kernels::require(
      terms <= kMaxTerms && terms % (4 * kChains) == 0 && (segment & (segment - 1)) == 0,
      "this kernel needs at most 8192 terms in segments of a power of two");
  discount<kChains><<<static_cast<unsigned>((n + kThreads - 1) / kThreads), kThreads, 0,
                      launch.stream<cudaStream_t>()>>>(
      n, terms, launch.input<float>(0), launch.input<float>(1), launch.output<float>(0));
  kernels::check_launch("discount");
}

}  // namespace aisp::ch06
