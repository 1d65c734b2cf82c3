// out = a in + b on one block, out may be in: what all implementations of ch03:thread_affinity do.
#pragma once

#include <kernels/choose.h>

#include <cstdint>

namespace aisp::ch03 {

AISP_INLINE_BODY void sweep_body(std::int64_t n, float a, float b, const float* in, float* out) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) out[i] = a * in[i] + b;
}
inline void sweep_scalar(std::int64_t n, float a, float b, const float* in, float* out) {
  sweep_body(n, a, b, in, out);
}
AISP_TARGET_AVX2 inline void sweep_avx2(std::int64_t n, float a, float b, const float* in,
                                        float* out) {
  sweep_body(n, a, b, in, out);
}
AISP_TARGET_AVX512 inline void sweep_avx512(std::int64_t n, float a, float b, const float* in,
                                            float* out) {
  sweep_body(n, a, b, in, out);
}
inline auto sweep() { return kernels::choose(sweep_scalar, sweep_avx2, sweep_avx512); }

}  // namespace aisp::ch03
