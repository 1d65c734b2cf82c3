// out = the sum of the same elements of all ranks, by one thread: what the collectives of this chapter do
// once they have decided who adds what.
#pragma once

#include <kernels/choose.h>

#include <cstdint>

namespace aisp::ch04 {

inline constexpr int kRanks = 4;

// x: rank r's elements begin at x + r * stride. Four at once, so that no partial sum goes to memory.
AISP_INLINE_BODY void accumulate_body(std::int64_t n, std::int64_t stride,
                                      const float* __restrict x, float* __restrict out) {
  for (std::int64_t i = 0; i < n; ++i)
    out[i] = (x[i] + x[stride + i]) + (x[2 * stride + i] + x[3 * stride + i]);
}
inline void accumulate_scalar(std::int64_t n, std::int64_t stride, const float* x, float* out) {
  accumulate_body(n, stride, x, out);
}
AISP_TARGET_AVX2 inline void accumulate_avx2(std::int64_t n, std::int64_t stride, const float* x,
                                             float* out) {
  accumulate_body(n, stride, x, out);
}
AISP_TARGET_AVX512 inline void accumulate_avx512(std::int64_t n, std::int64_t stride,
                                                 const float* x, float* out) {
  accumulate_body(n, stride, x, out);
}
inline auto accumulate() {
  return kernels::choose(accumulate_scalar, accumulate_avx2, accumulate_avx512);
}

}  // namespace aisp::ch04
