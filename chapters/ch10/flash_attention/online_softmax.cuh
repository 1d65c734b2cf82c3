// Softmax of a row whose products come a tile at a time: what has been summed up is scaled down whenever a
// larger product is met. Both kernels of this target hold products in registers as the tensor cores leave
// them: of a tile's columns a thread has 2 of every 8, in each of two rows, and four neighbouring lanes
// have all of them.
//
// Source: M. Milakov, N. Gimelshein, "Online normalizer calculation for softmax" (2018); T. Dao, "FlashAttention-2"
// (2023), for when to divide.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>
#include <kernels/quad_transpose.cuh>

namespace aisp::ch10 {

// exp(x / sqrt(128)) = 2^(x kExponentScale)
inline constexpr float kExponentScale = 0.08838834764831845f * 1.4426950408889634f;

__device__ __forceinline__ float exp2_fast(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

struct OnlineSoftmax {
  float top[2] = {-INFINITY, -INFINITY};  // largest product of each of the two rows so far
  float sum[2] = {0, 0};                  // of this thread's columns only, until total()

  // Products to weights, in place. Returns through `shrink` what is summed up so far is to be multiplied by (0
  // in the first tile).
  template <int kCount>
  __device__ __forceinline__ void weigh(float (&s)[kCount], float (&shrink)[2]) {
#pragma unroll
    for (int h = 0; h < 2; ++h) {
      float highest = top[h];
#pragma unroll
      for (int i = 2 * h; i < kCount; i += 4) highest = fmaxf(highest, fmaxf(s[i], s[i + 1]));
      highest = fmaxf(highest, __shfl_xor_sync(~0u, highest, 1));
      highest = fmaxf(highest, __shfl_xor_sync(~0u, highest, 2));
      shrink[h] = exp2_fast((top[h] - highest) * kExponentScale);
      top[h] = highest;
      const float offset = highest * kExponentScale;
      float added = 0;
#pragma unroll
      for (int i = 2 * h; i < kCount; i += 4) {
        s[i] = exp2_fast(fmaf(s[i], kExponentScale, -offset));
        s[i + 1] = exp2_fast(fmaf(s[i + 1], kExponentScale, -offset));
        added += s[i] + s[i + 1];
      }
      sum[h] = fmaf(sum[h], shrink[h], added);
    }
  }
  // One over the sum of a row's weights.
  __device__ __forceinline__ float divisor(int h) const {
    float total = sum[h];
    total += __shfl_xor_sync(~0u, total, 1);
    total += __shfl_xor_sync(~0u, total, 2);
    return 1 / total;
  }
};

template <int kCount>
__device__ __forceinline__ void scale_rows(float (&o)[kCount], const float (&by)[2]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) o[i] *= by[i / 2 % 2];
}

__device__ __forceinline__ unsigned pack_bf16(float low, float high) {
  const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
  return *reinterpret_cast<const unsigned*>(&pair);
}

// Weights as left factor: two 8-column results side by side are one 16-column operand, with no exchange between
// threads.
template <int kCount>
__device__ __forceinline__ void as_factor(const float (&s)[kCount], unsigned (&p)[kCount / 8][4]) {
#pragma unroll
  for (int step = 0; step < kCount / 8; ++step)
#pragma unroll
    for (int i = 0; i < 4; ++i)
      p[step][i] = pack_bf16(s[8 * step + 2 * i], s[8 * step + 2 * i + 1]);
}

// Two rows of a thread, divided: `to` is row l / 4 of the warp's 16 rows of O.
template <int kCount>
__device__ __forceinline__ void store_rows(const float (&o)[kCount], const OnlineSoftmax& softmax,
                                           __nv_bfloat16* to) {
  const float by[2] = {softmax.divisor(0), softmax.divisor(1)};
  kernels::store_bf16_rows(o, by, to, kCount * 2);
}

}  // namespace aisp::ch10
