// Discounted sums by Horner's rule for kChains vectors of factors at once: kChains chains of
// multiply-adds, which do not wait for each other. The arithmetic of each value is the same whatever
// kChains is.
#pragma once

#include <aisp/aisp.h>
#include <kernels/choose_kernel.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace aisp::ch06 {

using Discount = void (*)(std::int64_t n, std::int64_t terms, const float* g, const float* r,
                          float* v);

template <int kBytes, int kChains>
__attribute__((always_inline)) inline void discount_body(std::int64_t n, std::int64_t terms,
                                                         const float* g, const float* r, float* v) {
  typedef float Vector __attribute__((vector_size(kBytes)));
  constexpr std::int64_t kStep = kBytes / 4 * kChains;
  std::int64_t i = 0;
  for (; i + kStep <= n; i += kStep) {
    Vector factor[kChains], sum[kChains];
    std::memcpy(factor, g + i, sizeof(factor));
#pragma GCC unroll 8
    for (int c = 0; c < kChains; ++c) sum[c] = Vector{};
    for (std::int64_t k = terms - 1; k >= 0; --k)
#pragma GCC unroll 8
      for (int c = 0; c < kChains; ++c) sum[c] = sum[c] * factor[c] + r[k];
    std::memcpy(v + i, sum, sizeof(sum));
  }
  for (; i < n; ++i) {
    float sum = 0;
    for (std::int64_t k = terms - 1; k >= 0; --k) sum = sum * g[i] + r[k];
    v[i] = sum;
  }
}

template <int kChains>
void discount_scalar(std::int64_t n, std::int64_t terms, const float* g, const float* r, float* v) {
  discount_body<16, kChains>(n, terms, g, r, v);
}
template <int kChains>
AISP_TARGET_AVX2 void discount_avx2(std::int64_t n, std::int64_t terms, const float* g,
                                    const float* r, float* v) {
  discount_body<32, kChains>(n, terms, g, r, v);
}
template <int kChains>
AISP_TARGET_AVX512 void discount_avx512(std::int64_t n, std::int64_t terms, const float* g,
                                        const float* r, float* v) {
  discount_body<64, kChains>(n, terms, g, r, v);
}

inline constexpr std::int64_t kFactorsOfTask = 128;  // eight vectors of AVX-512

template <int kChains>
void run_discount(const Launch& launch) {
  const std::int64_t n = launch.input_tensor(0).shape[0], terms = launch.input_tensor(1).shape[0];
  const float* g = launch.input<float>(0);
  const float* r = launch.input<float>(1);
  float* v = launch.output<float>(0);
  const Discount discount = kernels::choose_kernel<Discount>(
      discount_scalar<kChains>, discount_avx2<kChains>, discount_avx512<kChains>);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; i += kFactorsOfTask)
    discount(std::min(kFactorsOfTask, n - i), terms, g + i, r, v + i);
}

}  // namespace aisp::ch06
