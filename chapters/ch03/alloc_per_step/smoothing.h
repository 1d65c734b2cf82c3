// The steps of ch03:alloc_per_step on a CPU: out[i] = h[i] + w (h[i - 1] - 2 h[i] + h[i + 1]), indices
// modulo n. Shared by all implementations, who differ in where the values between two steps lie.
#pragma once

#include <kernels/choose.h>

#include <algorithm>
#include <cstdint>

namespace aisp::ch03 {

// Elements [begin, end) that have neighbours on both sides.
AISP_INLINE_BODY void smooth_body(std::int64_t begin, std::int64_t end, float w,
                                  const float* __restrict h, float* __restrict out) {
  for (std::int64_t i = begin; i < end; ++i) out[i] = h[i] + w * ((h[i - 1] + h[i + 1]) - 2 * h[i]);
}
inline void smooth_scalar(std::int64_t begin, std::int64_t end, float w, const float* h,
                          float* out) {
  smooth_body(begin, end, w, h, out);
}
AISP_TARGET_AVX2 inline void smooth_avx2(std::int64_t begin, std::int64_t end, float w,
                                         const float* h, float* out) {
  smooth_body(begin, end, w, h, out);
}
AISP_TARGET_AVX512 inline void smooth_avx512(std::int64_t begin, std::int64_t end, float w,
                                             const float* h, float* out) {
  smooth_body(begin, end, w, h, out);
}

inline void smooth_edge(std::int64_t i, std::int64_t n, float w, const float* h, float* out) {
  out[i] = h[i] + w * ((h[(i + n - 1) % n] + h[(i + 1) % n]) - 2 * h[i]);
}

// One step over all n >= 2 elements, by all threads.
inline void smooth(std::int64_t n, float w, const float* h, float* out) {
  const auto inner = kernels::choose(smooth_scalar, smooth_avx2, smooth_avx512);
  constexpr std::int64_t kChunk = 1 << 16;  // elements of a task
  smooth_edge(0, n, w, h, out);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 1; i < n - 1; i += kChunk) inner(i, std::min(n - 1, i + kChunk), w, h, out);
  smooth_edge(n - 1, n, w, h, out);
}

}  // namespace aisp::ch03
