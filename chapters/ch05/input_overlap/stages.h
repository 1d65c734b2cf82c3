// The three stages on a range of pixels of one image, by one thread. Each reads what the one before wrote;
// all implementations of ch05:input_overlap call them, on ranges of different sizes.
#pragma once

#include <kernels/choose.h>

#include <cstdint>

namespace aisp::ch05 {

inline constexpr std::int64_t kChannels = 3;

// 1. Bytes to floats.
AISP_INLINE_BODY void widen_body(std::int64_t pixels, const std::uint8_t* __restrict raw,
                                 float* __restrict out) {
  for (std::int64_t i = 0; i < pixels * kChannels; ++i) out[i] = raw[i];
}
// 2. Mean off, scale divided out; in place.
AISP_INLINE_BODY void normalize_body(std::int64_t pixels, const float* __restrict mean,
                                     const float* __restrict scale, float* __restrict values) {
  const float m[kChannels] = {mean[0], mean[1], mean[2]},
              s[kChannels] = {scale[0], scale[1], scale[2]};
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::int64_t c = 0; c < kChannels; ++c)
      values[p * kChannels + c] = (values[p * kChannels + c] - m[c]) * s[c];
}
// 3. A plane for each channel, planes `stride` apart.
AISP_INLINE_BODY void split_body(std::int64_t pixels, std::int64_t stride,
                                 const float* __restrict values, float* __restrict planes) {
  for (std::int64_t p = 0; p < pixels; ++p) {
    planes[p] = values[p * kChannels];
    planes[stride + p] = values[p * kChannels + 1];
    planes[2 * stride + p] = values[p * kChannels + 2];
  }
}

struct Stages {
  void (*widen)(std::int64_t, const std::uint8_t*, float*);
  void (*normalize)(std::int64_t, const float*, const float*, float*);
  void (*split)(std::int64_t, std::int64_t, const float*, float*);
};

inline void widen_scalar(std::int64_t n, const std::uint8_t* r, float* o) { widen_body(n, r, o); }
AISP_TARGET_AVX2 inline void widen_avx2(std::int64_t n, const std::uint8_t* r, float* o) {
  widen_body(n, r, o);
}
AISP_TARGET_AVX512 inline void widen_avx512(std::int64_t n, const std::uint8_t* r, float* o) {
  widen_body(n, r, o);
}
inline void normalize_scalar(std::int64_t n, const float* m, const float* s, float* v) {
  normalize_body(n, m, s, v);
}
AISP_TARGET_AVX2 inline void normalize_avx2(std::int64_t n, const float* m, const float* s,
                                            float* v) {
  normalize_body(n, m, s, v);
}
AISP_TARGET_AVX512 inline void normalize_avx512(std::int64_t n, const float* m, const float* s,
                                                float* v) {
  normalize_body(n, m, s, v);
}
inline void split_scalar(std::int64_t n, std::int64_t stride, const float* v, float* p) {
  split_body(n, stride, v, p);
}
AISP_TARGET_AVX2 inline void split_avx2(std::int64_t n, std::int64_t stride, const float* v,
                                        float* p) {
  split_body(n, stride, v, p);
}
AISP_TARGET_AVX512 inline void split_avx512(std::int64_t n, std::int64_t stride, const float* v,
                                            float* p) {
  split_body(n, stride, v, p);
}

inline Stages stages() {
  using kernels::choose;
  return {choose(widen_scalar, widen_avx2, widen_avx512),
          choose(normalize_scalar, normalize_avx2, normalize_avx512),
          choose(split_scalar, split_avx2, split_avx512)};
}

}  // namespace aisp::ch05
