// C = A B of testbed:gemm512 in tiles of 4 x 64 that stay in registers, rows shared out over the processors.
#pragma once

#include <cstdint>

#include "aisp/implementation.h"

namespace corpus {

inline constexpr std::int64_t kTileRows = 4, kTileColumns = 64;

static __attribute__((target_clones("default", "avx2", "avx512f"))) void product_tile(
    const float* a, const float* b, float* c, std::int64_t depth, std::int64_t n) {
  float sums[kTileRows][kTileColumns] = {};
  for (std::int64_t k = 0; k < depth; ++k)
    for (std::int64_t row = 0; row < kTileRows; ++row)
      for (std::int64_t column = 0; column < kTileColumns; ++column)
        sums[row][column] += a[row * depth + k] * b[k * n + column];
  for (std::int64_t row = 0; row < kTileRows; ++row)
    for (std::int64_t column = 0; column < kTileColumns; ++column)
      c[row * n + column] = sums[row][column];
}

inline void product(const aisp::Launch& launch) {
  const float* a = launch.input<float>(0);
  const float* b = launch.input<float>(1);
  float* c = launch.output<float>(0);
  const std::int64_t m = launch.input_tensor(0).shape[0], depth = launch.input_tensor(0).shape[1];
  const std::int64_t n = launch.input_tensor(1).shape[1];
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < m; i += kTileRows)
    for (std::int64_t j = 0; j < n; j += kTileColumns)
      product_tile(a + i * depth, b + j, c + i * n + j, depth, n);
}

}  // namespace corpus
