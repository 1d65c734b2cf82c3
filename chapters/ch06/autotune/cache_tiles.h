// C = A B in tiles that stay in the cache, with plain loops inside. How large the tiles are is a parameter.
#pragma once

#include <aisp/aisp.h>
#include <kernels/choose_kernel.h>

#include <algorithm>
#include <cstdint>

namespace aisp::ch06 {

struct TileShape {
  std::int64_t rows, columns, depth;
};
struct GemmShape {
  std::int64_t m, n, k;
};

// One tile: c += a b; `tile` rows, columns and depth, row lengths of the whole matrices.
using AddTile = void (*)(const TileShape& tile, const GemmShape& shape, const float* a,
                         const float* b, float* c);

__attribute__((always_inline)) inline void add_tile_body(const TileShape& tile,
                                                         const GemmShape& shape, const float* a,
                                                         const float* b, float* c) {
  for (std::int64_t i = 0; i < tile.rows; ++i) {
    float* __restrict sums = c + i * shape.n;
    for (std::int64_t p = 0; p < tile.depth; ++p) {
      const float x = a[i * shape.k + p];
      const float* __restrict y = b + p * shape.n;
      for (std::int64_t j = 0; j < tile.columns; ++j) sums[j] += x * y[j];
    }
  }
}
inline void add_tile_scalar(const TileShape& t, const GemmShape& s, const float* a, const float* b,
                            float* c) {
  add_tile_body(t, s, a, b, c);
}
AISP_TARGET_AVX2 inline void add_tile_avx2(const TileShape& t, const GemmShape& s, const float* a,
                                           const float* b, float* c) {
  add_tile_body(t, s, a, b, c);
}
AISP_TARGET_AVX512 inline void add_tile_avx512(const TileShape& t, const GemmShape& s,
                                               const float* a, const float* b, float* c) {
  add_tile_body(t, s, a, b, c);
}

inline void tiled_gemm(const TileShape& tile, const GemmShape& shape, const float* a,
                       const float* b, float* c) {
  const AddTile add_tile =
      kernels::choose_kernel<AddTile>(add_tile_scalar, add_tile_avx2, add_tile_avx512);
#pragma omp parallel for collapse(2) schedule(static)
  for (std::int64_t i = 0; i < shape.m; i += tile.rows)
    for (std::int64_t j = 0; j < shape.n; j += tile.columns) {
      const std::int64_t rows = std::min(tile.rows, shape.m - i);
      const std::int64_t columns = std::min(tile.columns, shape.n - j);
      for (std::int64_t r = i; r < i + rows; ++r) std::fill_n(c + r * shape.n + j, columns, 0.0f);
      for (std::int64_t p = 0; p < shape.k; p += tile.depth)
        add_tile({rows, columns, std::min(tile.depth, shape.k - p)}, shape, a + i * shape.k + p,
                 b + p * shape.n + j, c + i * shape.n + j);
    }
}

inline GemmShape gemm_shape(const Launch& launch) {
  return {launch.input_tensor(0).shape[0], launch.input_tensor(1).shape[1],
          launch.input_tensor(0).shape[1]};
}

}  // namespace aisp::ch06
