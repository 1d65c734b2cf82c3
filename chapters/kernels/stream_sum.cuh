// A thread's share of a long row, added up in registers: 16-byte loads, kUnroll of them under way at
// a time, each with four sums of its own. What the one-pass variants have in common. Four blocks of 256
// threads leave each thread the registers for that, and have 64 KB of a multiprocessor under way,
// where memory needs about 29 (4.8 TB/s for 0.8 us, over 132 of them).
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace aisp::ch10 {

inline constexpr int kThreads = 256;
inline constexpr int kBlocksPerMultiprocessor = 4;
inline constexpr int kUnroll = 4;

// Sum over x[i], i = first, first + stride, ... < n4, of the four components.
__device__ __forceinline__ float stream_sum(std::int64_t n4, std::int64_t first,
                                            std::int64_t stride, const float4* __restrict__ x) {
  float4 sums[kUnroll];
#pragma unroll
  for (int u = 0; u < kUnroll; ++u) sums[u] = make_float4(0, 0, 0, 0);
  const auto add = [](float4& sum, const float4& v) {
    sum.x += v.x;
    sum.y += v.y;
    sum.z += v.z;
    sum.w += v.w;
  };
  std::int64_t i = first;
  for (; i + (kUnroll - 1) * stride < n4; i += kUnroll * stride) {
    float4 v[kUnroll];
#pragma unroll
    for (int u = 0; u < kUnroll; ++u) v[u] = __ldcs(x + i + u * stride);
#pragma unroll
    for (int u = 0; u < kUnroll; ++u) add(sums[u], v[u]);
  }
  for (; i < n4; i += stride) add(sums[0], __ldcs(x + i));
#pragma unroll
  for (int u = 1; u < kUnroll; ++u) add(sums[0], sums[u]);
  return (sums[0].x + sums[0].y) + (sums[0].z + sums[0].w);
}

}  // namespace aisp::ch10
