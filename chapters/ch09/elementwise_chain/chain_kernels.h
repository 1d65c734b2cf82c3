// The loops of the chain, one operation each, and the loop that does all of them: y = x + g u / (1 + |u|)
// with u = scale x + shift. All are compiled for the same vector instructions.
#pragma once

#include <kernels/choose_kernel.h>

#include <cmath>
#include <cstdint>

namespace chain {

struct Kernels {
  void (*multiply_by)(std::int64_t n, const float* x, float s, float* y);  // y = s x
  void (*add_to)(std::int64_t n, float t, float* y);                       // y += t
  void (*magnitude)(std::int64_t n, const float* x, float* y);             // y = |x|
  void (*divide)(std::int64_t n, const float* x, float* y);                // y /= x
  void (*multiply)(std::int64_t n, const float* x, float* y);              // y *= x
  void (*add)(std::int64_t n, const float* a, const float* b, float* y);   // y = a + b
  void (*whole)(std::int64_t n, const float* x, const float* g, float s, float t, float* y);
};

#define AISP_CHAIN_KERNELS(set, target)                                                    \
  target inline void multiply_by_##set(std::int64_t n, const float* __restrict x, float s, \
                                       float* __restrict y) {                              \
    for (std::int64_t i = 0; i < n; ++i) y[i] = s * x[i];                                  \
  }                                                                                        \
  target inline void add_to_##set(std::int64_t n, float t, float* y) {                     \
    for (std::int64_t i = 0; i < n; ++i) y[i] += t;                                        \
  }                                                                                        \
  target inline void magnitude_##set(std::int64_t n, const float* __restrict x,            \
                                     float* __restrict y) {                                \
    for (std::int64_t i = 0; i < n; ++i) y[i] = std::fabs(x[i]);                           \
  }                                                                                        \
  target inline void divide_##set(std::int64_t n, const float* __restrict x,               \
                                  float* __restrict y) {                                   \
    for (std::int64_t i = 0; i < n; ++i) y[i] /= x[i];                                     \
  }                                                                                        \
  target inline void multiply_##set(std::int64_t n, const float* __restrict x,             \
                                    float* __restrict y) {                                 \
    for (std::int64_t i = 0; i < n; ++i) y[i] *= x[i];                                     \
  }                                                                                        \
  target inline void add_##set(std::int64_t n, const float* __restrict a,                  \
                               const float* __restrict b, float* __restrict y) {           \
    for (std::int64_t i = 0; i < n; ++i) y[i] = a[i] + b[i];                               \
  }                                                                                        \
  target inline void whole_##set(std::int64_t n, const float* __restrict x,                \
                                 const float* __restrict g, float s, float t,              \
                                 float* __restrict y) {                                    \
    for (std::int64_t i = 0; i < n; ++i) {                                                 \
      const float u = s * x[i] + t;                                                        \
      y[i] = x[i] + g[i] * (u / (1 + std::fabs(u)));                                       \
    }                                                                                      \
  }
AISP_CHAIN_KERNELS(scalar, )
AISP_CHAIN_KERNELS(avx2, AISP_TARGET_AVX2)
AISP_CHAIN_KERNELS(avx512, AISP_TARGET_AVX512)
#undef AISP_CHAIN_KERNELS

inline Kernels kernels() {
  using aisp::kernels::choose_kernel;
  return {choose_kernel(multiply_by_scalar, multiply_by_avx2, multiply_by_avx512),
          choose_kernel(add_to_scalar, add_to_avx2, add_to_avx512),
          choose_kernel(magnitude_scalar, magnitude_avx2, magnitude_avx512),
          choose_kernel(divide_scalar, divide_avx2, divide_avx512),
          choose_kernel(multiply_scalar, multiply_avx2, multiply_avx512),
          choose_kernel(add_scalar, add_avx2, add_avx512),
          choose_kernel(whole_scalar, whole_avx2, whole_avx512)};
}

// step(first element, number of elements) for pieces of n, shared out among the threads.
template <class Step>
void for_pieces(std::int64_t n, std::int64_t piece, const Step& step) {
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; i += piece) step(i, n - i < piece ? n - i : piece);
}

constexpr std::int64_t kTask = 1 << 16;  // elements

}  // namespace chain
