// out = a + b, by one thread: what all implementations of ch02:p2p do once the data are there.
#pragma once

#include <kernels/choose.h>

#include <cstdint>

namespace aisp::ch02 {

AISP_INLINE_BODY void sum_body(std::int64_t n, const float* __restrict a, const float* __restrict b,
                               float* __restrict out) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = a[i] + b[i];
}
inline void sum_scalar(std::int64_t n, const float* a, const float* b, float* out) {
  sum_body(n, a, b, out);
}
AISP_TARGET_AVX2 inline void sum_avx2(std::int64_t n, const float* a, const float* b, float* out) {
  sum_body(n, a, b, out);
}
AISP_TARGET_AVX512 inline void sum_avx512(std::int64_t n, const float* a, const float* b,
                                          float* out) {
  sum_body(n, a, b, out);
}
inline auto sum() { return kernels::choose(sum_scalar, sum_avx2, sum_avx512); }

}  // namespace aisp::ch02
