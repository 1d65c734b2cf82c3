// Tiles in the cache: a tile of sums stays in the L1 while 64 rows of B go by, which stay in the L2 for as
// long. Each multiplication still loads its sum and stores it again.
#include <aisp/aisp.h>
#include <kernels/instruction_set.h>

#include <algorithm>

namespace {

// Sums of 24 KiB for the L1, 64 KiB of B for the L2.
constexpr std::int64_t kRows = 24, kColumns = 256, kDepth = 64;

struct Extents {
  std::int64_t rows, columns, depth;  // of a tile
  std::int64_t n, k;                  // row lengths of b and c, and of a
};

__attribute__((always_inline)) inline void tile_body(const Extents& e, const float* a,
                                                     const float* b, float* c) {
  for (std::int64_t i = 0; i < e.rows; ++i) {
    float* __restrict sums = c + i * e.n;
    for (std::int64_t p = 0; p < e.depth; ++p) {
      const float x = a[i * e.k + p];
      const float* __restrict y = b + p * e.n;
      for (std::int64_t j = 0; j < e.columns; ++j) sums[j] += x * y[j];
    }
  }
}
void tile_scalar(const Extents& e, const float* a, const float* b, float* c) {
  tile_body(e, a, b, c);
}
AISP_TARGET_AVX2 void tile_avx2(const Extents& e, const float* a, const float* b, float* c) {
  tile_body(e, a, b, c);
}
AISP_TARGET_AVX512 void tile_avx512(const Extents& e, const float* a, const float* b, float* c) {
  tile_body(e, a, b, c);
}

using Tile = void (*)(const Extents&, const float*, const float*, float*);

Tile widest_tile() {
  using aisp::kernels::InstructionSet;
  switch (aisp::kernels::widest(InstructionSet::avx512)) {
    case InstructionSet::scalar: return tile_scalar;
    case InstructionSet::avx2: return tile_avx2;
    case InstructionSet::avx512:
    case InstructionSet::avx512_bf16: return tile_avx512;
  }
  return tile_scalar;
}

void run(const aisp::Launch& launch) {
  const std::int64_t m = launch.input_tensor(0).shape[0], k = launch.input_tensor(0).shape[1];
  const std::int64_t n = launch.input_tensor(1).shape[1];
  const float* a = launch.input<float>(0);
  const float* b = launch.input<float>(1);
  float* c = launch.output<float>(0);
  const Tile tile = widest_tile();
#pragma omp parallel for collapse(2) schedule(static)
  for (std::int64_t i = 0; i < m; i += kRows)
    for (std::int64_t j = 0; j < n; j += kColumns) {
      const std::int64_t rows = std::min(kRows, m - i), columns = std::min(kColumns, n - j);
      for (std::int64_t r = i; r < i + rows; ++r) std::fill_n(c + r * n + j, columns, 0.0f);
      for (std::int64_t p = 0; p < k; p += kDepth)
        tile({rows, columns, std::min(kDepth, k - p), n, k}, a + i * k + p, b + p * n + j,
             c + i * n + j);
    }
}

}  // namespace

AISP_IMPLEMENTATION(run, "24 x 256 x 64 tiles, sums in the L1");
