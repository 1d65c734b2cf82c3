// Blocks in strips of 64, so that each of the 64 rows is visited for 256 contiguous bytes.
#pragma once

#include <aisp/aisp.h>
#include <kernels/choose_kernel.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "cosine_transform.h"

namespace aisp::ch06 {

inline constexpr std::int64_t kStrip = 64;

// A vector register of kBytes as a number.
template <int kBytes>
struct Lanes {
  typedef float Vector __attribute__((vector_size(kBytes)));
  Vector v;

  __attribute__((always_inline)) void load(const float* from) { std::memcpy(&v, from, kBytes); }
  __attribute__((always_inline)) void store(float* to) const { std::memcpy(to, &v, kBytes); }
  __attribute__((always_inline)) friend Lanes operator+(const Lanes& a, const Lanes& b) {
    return {a.v + b.v};
  }
  __attribute__((always_inline)) friend Lanes operator-(const Lanes& a, const Lanes& b) {
    return {a.v - b.v};
  }
  __attribute__((always_inline)) friend Lanes operator*(float a, const Lanes& b) {
    return {a * b.v};
  }
};

// x[64, stride] and y[64, stride], `count` blocks; count is a multiple of 16.
using TransformStrip = void (*)(std::int64_t count, std::int64_t stride, const float* x, float* y);

inline void run_strips(const Launch& launch, TransformStrip transform) {
  const std::int64_t n = launch.input_tensor(0).shape[1];
  const float* x = launch.input<float>(0);
  float* y = launch.output<float>(0);
  const std::int64_t whole = n / 16 * 16;
#pragma omp parallel for schedule(static)
  for (std::int64_t b = 0; b < whole; b += kStrip)
    transform(std::min(kStrip, whole - b), n, x + b, y + b);
  for (std::int64_t b = whole; b < n; ++b) {
    float values[64];
    for (int e = 0; e < 64; ++e) values[e] = x[e * n + b];
    for (int i = 0; i < 8; ++i) cosine_transform<1>(values + 8 * i);
    for (int j = 0; j < 8; ++j) cosine_transform<8>(values + j);
    for (int e = 0; e < 64; ++e) y[e * n + b] = values[e];
  }
}

}  // namespace aisp::ch06
