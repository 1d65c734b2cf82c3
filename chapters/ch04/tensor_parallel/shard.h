// A rank's part of a weight matrix, packed in setup, and its product by that rank alone.
#pragma once

#include <aisp/aisp.h>
#include <kernels/ranks.h>
#include <kernels/register_tiles.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "../accumulate.h"

namespace aisp::ch04 {

class Shard {
 public:
  // Rows [row, row + rows) and columns [column, column + columns) of w, whose rows are `stride` apart.
  Shard(const kernels::TileKernels& tiles, const float* w, std::int64_t stride, std::int64_t row,
        std::int64_t rows, std::int64_t column, std::int64_t columns)
      : tiles_(tiles),
        rows_(rows),
        columns_(columns),
        packed_(tiles, rows, columns,
                cut(w + row * stride + column, stride, rows, columns).data()) {}

  // c[m, columns] = act(a[m, rows] times this part), rows of a and c `a_stride` and `c_stride` apart.
  void multiply(std::int64_t m, const float* a, std::int64_t a_stride, bool relu, float* c,
                std::int64_t c_stride) const {
    for (std::int64_t j = 0; j < columns_; j += tiles_.cols)
      for (std::int64_t i = 0; i < m; i += tiles_.rows) {
        const auto height = std::min<std::int64_t>(tiles_.rows, m - i);
        tiles_.direct[height - 1](kernels::Tile{
            rows_, a + i * a_stride, a_stride, packed_.panel(j), tiles_.cols, c + i * c_stride + j,
            c_stride, static_cast<int>(std::min<std::int64_t>(tiles_.cols, columns_ - j)), nullptr,
            relu});
      }
  }

 private:
  static std::vector<float> cut(const float* w, std::int64_t stride, std::int64_t rows,
                                std::int64_t columns) {
    std::vector<float> part(static_cast<std::size_t>(rows * columns));
    for (std::int64_t r = 0; r < rows; ++r)
      std::copy(w + r * stride, w + r * stride + columns, part.begin() + r * columns);
    return part;
  }

  const kernels::TileKernels& tiles_;
  std::int64_t rows_;
  std::int64_t columns_;
  kernels::PackedColumns packed_;
};

struct MlpShape {
  std::int64_t tokens, width, hidden;
  explicit MlpShape(const Launch& launch)
      : tokens(launch.input_tensor(0).shape[0]),
        width(launch.input_tensor(1).shape[0]),
        hidden(launch.input_tensor(1).shape[1]) {}
};

// Rank's share of the sum of kRanks partial results of n elements each.
template <class Accumulate>
void sum_share(Accumulate add, int rank, std::int64_t n, const float* partial, float* out) {
  const std::int64_t begin = n * rank / kRanks, end = n * (rank + 1) / kRanks;
  add(end - begin, n, partial + begin, out + begin);
}

}  // namespace aisp::ch04
