// C = A B of testbed:gemm512 in tiles of 4 x 64 that stay in registers, rows shared out over the processors.
#pragma once

#include <cstdint>

#include "aisp/implementation.h"

namespace corpus {

inline void product(const aisp::Launch& launch) {
  constexpr std::int64_t kRows = 4, kColumns = 64;
  const float* a = launch.input<float>(0);
  const float* b = launch.input<float>(1);
  float* c = launch.output<float>(0);
  const std::int64_t m = launch.input_tensor(0).shape[0], depth = launch.input_tensor(0).shape[1];
  const std::int64_t n = launch.input_tensor(1).shape[1];
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < m; i += kRows)
    for (std::int64_t j = 0; j < n; j += kColumns) {
      float sums[kRows][kColumns] = {};
      for (std::int64_t k = 0; k < depth; ++k)
        for (std::int64_t row = 0; row < kRows; ++row)
          for (std::int64_t column = 0; column < kColumns; ++column)
            sums[row][column] += a[(i + row) * depth + k] * b[k * n + j + column];
      for (std::int64_t row = 0; row < kRows; ++row)
        for (std::int64_t column = 0; column < kColumns; ++column)
          c[(i + row) * n + j + column] = sums[row][column];
    }
}

}  // namespace corpus
