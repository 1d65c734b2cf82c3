// What the CPU versions of ch09:sdpa share: keys in panels, products of a few rows, and the loops of the
// softmax. Rows of scores are row-major; nothing here knows whether they are all there or a piece of them.
#pragma once

#include <aisp/implementation.h>
#include <kernels/choose_kernel.h>
#include <kernels/register_tiles.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace sdpa {

constexpr std::int64_t kDepth = 64;  // columns of Q, K and V

struct Softmax {
  // The largest of `top` and of the n scores.
  float (*maximum)(std::int64_t n, const float* x, float top);
  // x = exp(scale (x - top)); returns the sum.
  float (*exponentials)(std::int64_t n, float scale, float top, float* x);
  // y = s y + x, y = s y.
  void (*scale_add)(std::int64_t n, float s, const float* x, float* y);
  void (*scale)(std::int64_t n, float s, float* y);
};

// exp(x) for x <= 0 as 2^i e^r, |r| <= ln(2) / 2. Below -87 it stays at exp(-87), which is as good as
// nothing here. The series ends at r^7 / 7!, and what is left out is less than 1e-8 of the result.
__attribute__((always_inline)) inline float exponential(float x) {
  x = x > -87.0f ? x : -87.0f;
  constexpr float kToInteger =
      0x1.8p23f;  // adding it rounds to an integer, which is then in the low bits
  const float shifted = x * 1.44269504f + kToInteger;
  const float i = shifted - kToInteger;
  const float r = (x - i * 0.693359375f) + i * 2.12194440e-4f;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const std::uint32_t power = (std::bit_cast<std::uint32_t>(shifted) + 127u) << 23;
  return p * std::bit_cast<float>(power);
}

constexpr std::int64_t kChains = 64;  // independent sums: four vectors of AVX-512

__attribute__((always_inline)) inline float maximum_body(std::int64_t n, const float* x,
                                                         float top) {
  float tops[kChains];
  for (std::int64_t j = 0; j < kChains; ++j) tops[j] = top;
  std::int64_t i = 0;
  for (; i + kChains <= n; i += kChains)
    for (std::int64_t j = 0; j < kChains; ++j) tops[j] = tops[j] > x[i + j] ? tops[j] : x[i + j];
  for (; i < n; ++i) tops[0] = tops[0] > x[i] ? tops[0] : x[i];
  for (std::int64_t half = kChains / 2; half > 0; half /= 2)
    for (std::int64_t j = 0; j < half; ++j)
      tops[j] = tops[j] > tops[j + half] ? tops[j] : tops[j + half];
  return tops[0];
}
__attribute__((always_inline)) inline float exponentials_body(std::int64_t n, float scale,
                                                              float top, float* x) {
  float sums[kChains] = {};
  std::int64_t i = 0;
  for (; i + kChains <= n; i += kChains)
    for (std::int64_t j = 0; j < kChains; ++j) {
      x[i + j] = exponential(scale * (x[i + j] - top));
      sums[j] += x[i + j];
    }
  for (; i < n; ++i) sums[0] += x[i] = exponential(scale * (x[i] - top));
  for (std::int64_t half = kChains / 2; half > 0; half /= 2)
    for (std::int64_t j = 0; j < half; ++j) sums[j] += sums[j + half];
  return sums[0];
}

#define AISP_SDPA_KERNELS(set, target)                                                       \
  target inline float maximum_##set(std::int64_t n, const float* x, float top) {             \
    return maximum_body(n, x, top);                                                          \
  }                                                                                          \
  target inline float exponentials_##set(std::int64_t n, float scale, float top, float* x) { \
    return exponentials_body(n, scale, top, x);                                              \
  }                                                                                          \
  target inline void scale_add_##set(std::int64_t n, float s, const float* __restrict x,     \
                                     float* __restrict y) {                                  \
    for (std::int64_t i = 0; i < n; ++i) y[i] = s * y[i] + x[i];                             \
  }                                                                                          \
  target inline void scale_##set(std::int64_t n, float s, float* y) {                        \
    for (std::int64_t i = 0; i < n; ++i) y[i] *= s;                                          \
  }
AISP_SDPA_KERNELS(scalar, )
AISP_SDPA_KERNELS(avx2, AISP_TARGET_AVX2)
AISP_SDPA_KERNELS(avx512, AISP_TARGET_AVX512)
#undef AISP_SDPA_KERNELS

inline Softmax softmax() {
  using aisp::kernels::choose_kernel;
  return {choose_kernel(maximum_scalar, maximum_avx2, maximum_avx512),
          choose_kernel(exponentials_scalar, exponentials_avx2, exponentials_avx512),
          choose_kernel(scale_add_scalar, scale_add_avx2, scale_add_avx512),
          choose_kernel(scale_scalar, scale_avx2, scale_avx512)};
}

// Shapes, keys, and products of `rows` (at most kernels().rows) queries.
class Attention {
 public:
  explicit Attention(const aisp::Launch& launch)
      : heads_(launch.input_tensor(0).shape[0]),
        keys_(launch.input_tensor(0).shape[1]),
        panels_(heads_ * padded_keys() * kDepth) {}

  std::int64_t heads() const { return heads_; }
  std::int64_t keys() const { return keys_; }
  std::int64_t rows() const { return kernels_.rows; }
  std::int64_t blocks() const { return (keys_ + rows() - 1) / rows(); }  // of a head
  float scale() const { return 1 / std::sqrt(static_cast<float>(kDepth)); }

  // K as panels of as many keys as the kernels have columns, [depth][keys] each; for the products of `scores`.
  // Parallel.
  void pack_keys(const float* k) {
    const std::int64_t cols = kernels_.cols;
#pragma omp parallel for collapse(2) schedule(static)
    for (std::int64_t head = 0; head < heads_; ++head)
      for (std::int64_t j = 0; j < keys_; j += cols) {
        float* out = panels_.data() + (head * padded_keys() + j) * kDepth;
        for (std::int64_t c = 0; c < cols; ++c)
          for (std::int64_t d = 0; d < kDepth; ++d)
            out[d * cols + c] = j + c < keys_ ? k[(head * keys_ + j + c) * kDepth + d] : 0.0f;
      }
  }

  // s[i, j] = q[i] . k[first + j] for j < n; `first` is a multiple of the kernels' columns.
  void scores(std::int64_t head, std::int64_t rows, const float* q, std::int64_t first,
              std::int64_t n, float* s, std::int64_t stride) const {
    const std::int64_t cols = kernels_.cols;
    for (std::int64_t j = 0; j < n; j += cols)
      kernels_.direct[rows - 1](
          {kDepth, q, kDepth, panels_.data() + (head * padded_keys() + first + j) * kDepth, cols,
           s + j, stride, static_cast<int>(std::min(cols, n - j)), nullptr, false});
  }

  // o[i] = sum over j < n of s[i, j] v[j]; rows of v and o have kDepth floats.
  void weighted_sums(std::int64_t rows, const float* s, std::int64_t stride, std::int64_t n,
                     const float* v, float* o) const {
    const std::int64_t cols = kernels_.cols;
    for (std::int64_t d = 0; d < kDepth; d += cols)
      kernels_.direct[rows - 1]({n, s, stride, v + d, kDepth, o + d, kDepth,
                                 static_cast<int>(std::min(cols, kDepth - d)), nullptr, false});
  }

 private:
  std::int64_t padded_keys() const {
    return (keys_ + kernels_.cols - 1) / kernels_.cols * kernels_.cols;
  }

  const aisp::kernels::TileKernels& kernels_ = aisp::kernels::tile_kernels();
  std::int64_t heads_;
  std::int64_t keys_;
  aisp::kernels::AlignedBuffer<float> panels_;
};

}  // namespace sdpa
