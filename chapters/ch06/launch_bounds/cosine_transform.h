// The 8-point cosine transform in place, for host (also on vectors) and device. Rows k of C are symmetric
// (k even) or antisymmetric (k odd) about their middle: sums and differences of mirrored values first,
// then two products of 4 x 4.
#pragma once

#ifdef __CUDACC__
#define AISP_CH06_FUNCTION __device__ __forceinline__
#else
#define AISP_CH06_FUNCTION __attribute__((always_inline)) inline
#endif

namespace aisp::ch06 {

// a = sqrt(1/8); c_k = cos(k pi / 16) / 2.
inline constexpr float kA = 0.35355339059327373f;
inline constexpr float kC1 = 0.49039264020161522f, kC2 = 0.46193976625564337f;
inline constexpr float kC3 = 0.41573480615127262f, kC5 = 0.27778511650980114f;
inline constexpr float kC6 = 0.19134171618254492f, kC7 = 0.09754516100806417f;

template <class T>
AISP_CH06_FUNCTION void cosine_transform(T& x0, T& x1, T& x2, T& x3, T& x4, T& x5, T& x6, T& x7) {
  const T s0 = x0 + x7, s1 = x1 + x6, s2 = x2 + x5, s3 = x3 + x4;
  const T d0 = x0 - x7, d1 = x1 - x6, d2 = x2 - x5, d3 = x3 - x4;
  const T t0 = s0 + s3, t1 = s1 + s2, t2 = s0 - s3, t3 = s1 - s2;
  x0 = kA * t0 + kA * t1;
  x4 = kA * t0 - kA * t1;
  x2 = kC2 * t2 + kC6 * t3;
  x6 = kC6 * t2 - kC2 * t3;
  x1 = kC1 * d0 + kC3 * d1 + kC5 * d2 + kC7 * d3;
  x3 = kC3 * d0 - kC7 * d1 - kC1 * d2 - kC5 * d3;
  x5 = kC5 * d0 - kC1 * d1 + kC7 * d2 + kC3 * d3;
  x7 = kC7 * d0 - kC5 * d1 + kC3 * d2 - kC1 * d3;
}

// Eight values `stride` apart.
template <int kStride, class T>
AISP_CH06_FUNCTION void cosine_transform(T* x) {
  cosine_transform(x[0], x[kStride], x[2 * kStride], x[3 * kStride], x[4 * kStride], x[5 * kStride],
                   x[6 * kStride], x[7 * kStride]);
}

}  // namespace aisp::ch06
