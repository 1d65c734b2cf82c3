// Both sides of gemm512: a simple blocked matrix product, so that an A/A pair exists whose time is
// arithmetic.
#pragma once

#include <algorithm>

#include "aisp/implementation.h"

namespace testbed {

// c[rows x columns] = a[rows x inner] * b[inner x columns], all row-major and dense. Blocks of
// 64 x 256 of b are 64 KiB, which stays in a second-level cache while every row of a passes by.
static __attribute__((target_clones("avx512f", "avx2", "default"))) void multiply(
    const float* __restrict a, const float* __restrict b, float* __restrict c, std::size_t rows,
    std::size_t inner, std::size_t columns) {
  constexpr std::size_t kInnerBlock = 64;
  constexpr std::size_t kColumnBlock = 256;
  std::fill(c, c + rows * columns, 0.0f);
  for (std::size_t k0 = 0; k0 < inner; k0 += kInnerBlock)
    for (std::size_t j0 = 0; j0 < columns; j0 += kColumnBlock) {
      const std::size_t k1 = std::min(k0 + kInnerBlock, inner);
      const std::size_t j1 = std::min(j0 + kColumnBlock, columns);
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t k = k0; k < k1; ++k) {
          const float factor = a[i * inner + k];
          for (std::size_t j = j0; j < j1; ++j) c[i * columns + j] += factor * b[k * columns + j];
        }
    }
}

inline void blocked_gemm(const aisp::Launch& launch) {
  multiply(launch.input<float>(0), launch.input<float>(1), launch.output<float>(0),
           static_cast<std::size_t>(launch.input_tensor(0).shape[0]),
           static_cast<std::size_t>(launch.input_tensor(0).shape[1]),
           static_cast<std::size_t>(launch.input_tensor(1).shape[1]));
}

}  // namespace testbed
