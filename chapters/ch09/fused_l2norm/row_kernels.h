// The loops over a row that both sides use, so that they differ in nothing but the order of the passes.
#pragma once

#include <kernels/choose_kernel.h>

#include <cmath>
#include <cstdint>

namespace l2norm {

struct RowKernels {
  void (*square)(std::int64_t n, const float* x, float* y);
  float (*sum)(std::int64_t n, const float* x);
  float (*sum_squares)(std::int64_t n, const float* x);
  void (*scale)(std::int64_t n, float s, const float* x, float* y);
};

inline float reciprocal_root(float sum) { return 1 / std::sqrt(sum); }

constexpr std::int64_t kSums = 64;  // independent sums: four vectors of AVX-512

template <bool kSquare>
__attribute__((always_inline)) inline float sum_body(std::int64_t n, const float* x) {
  float sums[kSums] = {};
  std::int64_t i = 0;
  for (; i + kSums <= n; i += kSums)
    for (std::int64_t j = 0; j < kSums; ++j) sums[j] += kSquare ? x[i + j] * x[i + j] : x[i + j];
  for (; i < n; ++i) sums[i % kSums] += kSquare ? x[i] * x[i] : x[i];
  for (std::int64_t half = kSums / 2; half > 0; half /= 2)
    for (std::int64_t j = 0; j < half; ++j) sums[j] += sums[j + half];
  return sums[0];
}
__attribute__((always_inline)) inline void square_body(std::int64_t n, const float* __restrict x,
                                                       float* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] * x[i];
}
__attribute__((always_inline)) inline void scale_body(std::int64_t n, float s,
                                                      const float* __restrict x,
                                                      float* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = s * x[i];
}

#define AISP_L2NORM_KERNELS(set, target)                                                          \
  target inline void square_##set(std::int64_t n, const float* x, float* y) {                     \
    square_body(n, x, y);                                                                         \
  }                                                                                               \
  target inline float sum_##set(std::int64_t n, const float* x) { return sum_body<false>(n, x); } \
  target inline float sum_squares_##set(std::int64_t n, const float* x) {                         \
    return sum_body<true>(n, x);                                                                  \
  }                                                                                               \
  target inline void scale_##set(std::int64_t n, float s, const float* x, float* y) {             \
    scale_body(n, s, x, y);                                                                       \
  }
AISP_L2NORM_KERNELS(scalar, )
AISP_L2NORM_KERNELS(avx2, AISP_TARGET_AVX2)
AISP_L2NORM_KERNELS(avx512, AISP_TARGET_AVX512)
#undef AISP_L2NORM_KERNELS

inline RowKernels row_kernels() {
  using aisp::kernels::choose_kernel;
  return {choose_kernel(square_scalar, square_avx2, square_avx512),
          choose_kernel(sum_scalar, sum_avx2, sum_avx512),
          choose_kernel(sum_squares_scalar, sum_squares_avx2, sum_squares_avx512),
          choose_kernel(scale_scalar, scale_avx2, scale_avx512)};
}

}  // namespace l2norm
