// fp32 matrix products whose inner loop keeps a tile of the result in registers: per step of k it
// loads one row of the right factor and broadcasts one element per row of the left one, so that no
// partial sum ever goes through memory.
//
// Tiles: AVX-512 8 x 32 (16 accumulators; Zen 4 starts one 512-bit FMA a cycle with a latency of 4,
// so that loads, not accumulators, decide the shape), AVX2 6 x 16 (12 of 16 registers).
#pragma once

#include <immintrin.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "instruction_set.h"

namespace aisp::kernels {

// One tile: c[i, j] = act(bias[j] + sum over p of a[i, p] * b[p, j]), i < rows, j < cols.
struct Tile {
  std::int64_t k;
  const float* a;         // row-major with a_stride, or a panel: a[p * panel rows + i]
  std::int64_t a_stride;  // elements; unused for panels
  const float* b;         // b[p * b_stride + j]; as many columns readable as `cols` says
  std::int64_t b_stride;
  float* c;
  std::int64_t c_stride;
  int cols;           // 1 .. the kernel's cols
  const float* bias;  // null = zero
  bool relu;
};

// Independent chains of sums along k: a tile of one or two rows has too few accumulators to hide
// the latency of an FMA (4 cycles, up to 2 a cycle), so that it sums even and odd steps of k apart.
constexpr int tile_chains(int rows) { return rows == 1 ? 4 : rows <= 3 ? 2 : 1; }

// sum[i] += a[i] * b for one step of k.
template <int kRows, bool kPanel>
AISP_TARGET_AVX512 __attribute__((always_inline)) inline void step_avx512(
    __m512 (&sum)[kRows][2], const float* a, std::int64_t stride, const float* b, __mmask16 m0,
    __mmask16 m1) {
  const __m512 b0 = _mm512_maskz_loadu_ps(m0, b);
  const __m512 b1 = _mm512_maskz_loadu_ps(m1, b + 16);
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i) {
    const __m512 x = _mm512_set1_ps(kPanel ? a[i] : a[i * stride]);
    sum[i][0] = _mm512_fmadd_ps(x, b0, sum[i][0]);
    sum[i][1] = _mm512_fmadd_ps(x, b1, sum[i][1]);
  }
}

// `kPanel` = a is packed with kPanelRows rows interleaved.
template <int kRows, int kPanelRows, bool kPanel>
AISP_TARGET_AVX512 inline void tile_avx512(const Tile& t) {
  constexpr int kChains = tile_chains(kRows);
  constexpr int kStep = kPanel ? kPanelRows : 1;
  const __mmask16 m0 = static_cast<__mmask16>(t.cols >= 16 ? 0xffff : (1 << t.cols) - 1);
  const __mmask16 m1 =
      static_cast<__mmask16>(t.cols >= 32 ? 0xffff : (t.cols > 16 ? (1 << (t.cols - 16)) - 1 : 0));
  const __m512 zero = _mm512_setzero_ps();
  __m512 sum[kChains][kRows][2];
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i) {
    sum[0][i][0] = t.bias ? _mm512_maskz_loadu_ps(m0, t.bias) : zero;
    sum[0][i][1] = t.bias ? _mm512_maskz_loadu_ps(m1, t.bias + 16) : zero;
#pragma GCC unroll 4
    for (int q = 1; q < kChains; ++q) sum[q][i][0] = sum[q][i][1] = zero;
  }
  const float* a = t.a;
  const float* b = t.b;
  std::int64_t p = 0;
  for (; p + kChains <= t.k; p += kChains) {
#pragma GCC unroll 4
    for (int q = 0; q < kChains; ++q)
      step_avx512<kRows, kPanel>(sum[q], a + q * kStep, t.a_stride, b + q * t.b_stride, m0, m1);
    a += kChains * kStep;
    b += kChains * t.b_stride;
  }
  for (; p < t.k; ++p, a += kStep, b += t.b_stride)
    step_avx512<kRows, kPanel>(sum[0], a, t.a_stride, b, m0, m1);
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i) {
    __m512 c0 = sum[0][i][0];
    __m512 c1 = sum[0][i][1];
#pragma GCC unroll 4
    for (int q = 1; q < kChains; ++q) {
      c0 = _mm512_add_ps(c0, sum[q][i][0]);
      c1 = _mm512_add_ps(c1, sum[q][i][1]);
    }
    // maskz: g++ 12 warns about its own header in the plain _mm512_max_ps.
    if (t.relu) {
      c0 = _mm512_maskz_max_ps(m0, c0, zero);
      c1 = _mm512_maskz_max_ps(m1, c1, zero);
    }
    float* c = t.c + i * t.c_stride;
    if (t.cols == 32) {
      _mm512_storeu_ps(c, c0);
      _mm512_storeu_ps(c + 16, c1);
    } else {
      _mm512_mask_storeu_ps(c, m0, c0);
      _mm512_mask_storeu_ps(c + 16, m1, c1);
    }
  }
}

AISP_TARGET_AVX2 inline __m256i first_lanes(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

template <int kRows, bool kPanel, bool kFull>
AISP_TARGET_AVX2 __attribute__((always_inline)) inline void step_avx2(__m256 (&sum)[kRows][2],
                                                                      const float* a,
                                                                      std::int64_t stride,
                                                                      const float* b, __m256i m0,
                                                                      __m256i m1) {
  const __m256 b0 = kFull ? _mm256_loadu_ps(b) : _mm256_maskload_ps(b, m0);
  const __m256 b1 = kFull ? _mm256_loadu_ps(b + 8) : _mm256_maskload_ps(b + 8, m1);
#pragma GCC unroll 6
  for (int i = 0; i < kRows; ++i) {
    const __m256 x = _mm256_broadcast_ss(kPanel ? a + i : a + i * stride);
    sum[i][0] = _mm256_fmadd_ps(x, b0, sum[i][0]);
    sum[i][1] = _mm256_fmadd_ps(x, b1, sum[i][1]);
  }
}

template <int kRows, int kPanelRows, bool kPanel, bool kFull>
AISP_TARGET_AVX2 __attribute__((always_inline)) inline void tile_avx2_body(const Tile& t) {
  constexpr int kChains = tile_chains(kRows);
  constexpr int kStep = kPanel ? kPanelRows : 1;
  const __m256i m0 = first_lanes(t.cols);
  const __m256i m1 = first_lanes(t.cols - 8);
  const __m256 zero = _mm256_setzero_ps();
  __m256 sum[kChains][kRows][2];
#pragma GCC unroll 6
  for (int i = 0; i < kRows; ++i) {
    sum[0][i][0] = t.bias ? _mm256_maskload_ps(t.bias, m0) : zero;
    sum[0][i][1] = t.bias ? _mm256_maskload_ps(t.bias + 8, m1) : zero;
#pragma GCC unroll 4
    for (int q = 1; q < kChains; ++q) sum[q][i][0] = sum[q][i][1] = zero;
  }
  const float* a = t.a;
  const float* b = t.b;
  std::int64_t p = 0;
  for (; p + kChains <= t.k; p += kChains) {
#pragma GCC unroll 4
    for (int q = 0; q < kChains; ++q)
      step_avx2<kRows, kPanel, kFull>(sum[q], a + q * kStep, t.a_stride, b + q * t.b_stride, m0,
                                      m1);
    a += kChains * kStep;
    b += kChains * t.b_stride;
  }
  for (; p < t.k; ++p, a += kStep, b += t.b_stride)
    step_avx2<kRows, kPanel, kFull>(sum[0], a, t.a_stride, b, m0, m1);
#pragma GCC unroll 6
  for (int i = 0; i < kRows; ++i) {
    __m256 c0 = sum[0][i][0];
    __m256 c1 = sum[0][i][1];
#pragma GCC unroll 4
    for (int q = 1; q < kChains; ++q) {
      c0 = _mm256_add_ps(c0, sum[q][i][0]);
      c1 = _mm256_add_ps(c1, sum[q][i][1]);
    }
    if (t.relu) {
      c0 = _mm256_max_ps(c0, zero);
      c1 = _mm256_max_ps(c1, zero);
    }
    float* c = t.c + i * t.c_stride;
    if (kFull) {
      _mm256_storeu_ps(c, c0);
      _mm256_storeu_ps(c + 8, c1);
    } else {
      _mm256_maskstore_ps(c, m0, c0);
      _mm256_maskstore_ps(c + 8, m1, c1);
    }
  }
}

template <int kRows, int kPanelRows, bool kPanel>
AISP_TARGET_AVX2 inline void tile_avx2(const Tile& t) {
  if (t.cols == 16)
    tile_avx2_body<kRows, kPanelRows, kPanel, true>(t);
  else
    tile_avx2_body<kRows, kPanelRows, kPanel, false>(t);
}

template <int kRows, int kPanelRows, bool kPanel>
void tile_scalar(const Tile& t) {
  float sum[kRows][16];
  for (int i = 0; i < kRows; ++i)
    for (int j = 0; j < t.cols; ++j) sum[i][j] = t.bias ? t.bias[j] : 0.0f;
  for (std::int64_t p = 0; p < t.k; ++p)
    for (int i = 0; i < kRows; ++i) {
      const float x = kPanel ? t.a[p * kPanelRows + i] : t.a[i * t.a_stride + p];
      for (int j = 0; j < t.cols; ++j) sum[i][j] += x * t.b[p * t.b_stride + j];
    }
  for (int i = 0; i < kRows; ++i)
    for (int j = 0; j < t.cols; ++j)
      t.c[i * t.c_stride + j] = t.relu ? std::max(sum[i][j], 0.0f) : sum[i][j];
}

using TileFunction = void (*)(const Tile&);

// The kernels of one instruction set: direct[r - 1] and panel[r - 1] compute r rows.
struct TileKernels {
  int rows;
  int cols;
  TileFunction direct[8];
  TileFunction panel[8];
};

inline const TileKernels& tile_kernels_for(InstructionSet set) {
  static constexpr TileKernels kScalar = {4,
                                          16,
                                          {tile_scalar<1, 4, false>, tile_scalar<2, 4, false>,
                                           tile_scalar<3, 4, false>, tile_scalar<4, 4, false>},
                                          {tile_scalar<1, 4, true>, tile_scalar<2, 4, true>,
                                           tile_scalar<3, 4, true>, tile_scalar<4, 4, true>}};
  static constexpr TileKernels kAvx2 = {
      6,
      16,
      {tile_avx2<1, 6, false>, tile_avx2<2, 6, false>, tile_avx2<3, 6, false>,
       tile_avx2<4, 6, false>, tile_avx2<5, 6, false>, tile_avx2<6, 6, false>},
      {tile_avx2<1, 6, true>, tile_avx2<2, 6, true>, tile_avx2<3, 6, true>, tile_avx2<4, 6, true>,
       tile_avx2<5, 6, true>, tile_avx2<6, 6, true>}};
  static constexpr TileKernels kAvx512 = {
      8,
      32,
      {tile_avx512<1, 8, false>, tile_avx512<2, 8, false>, tile_avx512<3, 8, false>,
       tile_avx512<4, 8, false>, tile_avx512<5, 8, false>, tile_avx512<6, 8, false>,
       tile_avx512<7, 8, false>, tile_avx512<8, 8, false>},
      {tile_avx512<1, 8, true>, tile_avx512<2, 8, true>, tile_avx512<3, 8, true>,
       tile_avx512<4, 8, true>, tile_avx512<5, 8, true>, tile_avx512<6, 8, true>,
       tile_avx512<7, 8, true>, tile_avx512<8, 8, true>}};
  switch (set) {
    case InstructionSet::scalar: return kScalar;
    case InstructionSet::avx2: return kAvx2;
    case InstructionSet::avx512:
    case InstructionSet::avx512_bf16: return kAvx512;
  }
  return kScalar;
}

inline const TileKernels& tile_kernels() {
  return tile_kernels_for(widest(InstructionSet::avx512));
}

// Rows [i, i + kernels.rows) of c[m, n] = a[m, k] b[k, n], row-major and contiguous, without
// packing: right for matrices that fit in the L1 and L2, where a packed copy would cost more than
// it saves.
inline void small_gemm_rows(const TileKernels& kernels, std::int64_t i, std::int64_t m,
                            std::int64_t n, std::int64_t k, const float* a, const float* b,
                            float* c) {
  const auto rows = static_cast<int>(std::min<std::int64_t>(kernels.rows, m - i));
  for (std::int64_t j = 0; j < n; j += kernels.cols) {
    const auto cols = static_cast<int>(std::min<std::int64_t>(kernels.cols, n - j));
    kernels.direct[rows - 1](
        Tile{k, a + i * k, k, b + j, n, c + i * n + j, n, cols, nullptr, false});
  }
}

// A buffer aligned to a page, uninitialized; throws std::bad_alloc.
template <class T>
class AlignedBuffer {
 public:
  explicit AlignedBuffer(std::int64_t elements)
      : data_(static_cast<T*>(std::aligned_alloc(4096, round_up(elements)))) {
    if (!data_) throw std::bad_alloc();
  }
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }

 private:
  static std::size_t round_up(std::int64_t elements) {
    return (static_cast<std::size_t>(elements) * sizeof(T) + 4096) / 4096 * 4096;
  }
  struct Free {
    void operator()(T* p) const { std::free(p); }
  };
  std::unique_ptr<T, Free> data_;
};

// b[k, n] row-major, stored once as column panels [n / cols][k][cols], the last one padded with
// zeros, so that the inner loop reads one contiguous stream. For weights, in setup.
class PackedColumns {
 public:
  PackedColumns(const TileKernels& kernels, std::int64_t k, std::int64_t n, const float* b)
      : k_(k), cols_(kernels.cols), data_((n + cols_ - 1) / cols_ * cols_ * k) {
    for (std::int64_t j = 0; j < n; j += cols_) {
      float* out = data_.data() + j * k;
      for (std::int64_t p = 0; p < k; ++p)
        for (std::int64_t c = 0; c < cols_; ++c)
          out[p * cols_ + c] = j + c < n ? b[p * n + j + c] : 0.0f;
    }
  }
  // The panel whose first column is `j`, a multiple of the kernel's cols.
  const float* panel(std::int64_t j) const { return data_.data() + j * k_; }

 private:
  std::int64_t k_;
  std::int64_t cols_;
  AlignedBuffer<float> data_;
};

// Rows [i, i + rows) of a[m, k], row-major with `stride`, interleaved: out[p * panel_rows + r].
inline void pack_rows(std::int64_t rows, std::int64_t k, const float* a, std::int64_t stride,
                      std::int64_t panel_rows, float* out) {
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t p = 0; p < k; ++p) out[p * panel_rows + r] = a[r * stride + p];
}

// Row panels per task: with 4, a task of the AVX-512 kernel is 32 x 32 of the result. Small enough
// to share out evenly, large enough that a column panel is read from the L2 a few times in a row.
inline constexpr std::int64_t kTaskPanels = 4;

// c[m, n] = act(a b + bias) for all threads of the enclosing parallel region, which must all call
// it; `scratch` holds m (rounded up to the kernel's rows) * k floats. Ends with a barrier.
inline void packed_gemm(const TileKernels& kernels, std::int64_t m, std::int64_t n, std::int64_t k,
                        const float* a, const PackedColumns& b, const float* bias, bool relu,
                        float* c, float* scratch) {
  const std::int64_t rows = kernels.rows, cols = kernels.cols;
#pragma omp for schedule(static)
  for (std::int64_t i = 0; i < m; i += rows)
    pack_rows(std::min(rows, m - i), k, a + i * k, k, rows, scratch + i * k);
  const std::int64_t task_rows = rows * kTaskPanels;
#pragma omp for collapse(2) schedule(static)
  for (std::int64_t j = 0; j < n; j += cols)
    for (std::int64_t block = 0; block < m; block += task_rows)
      for (std::int64_t i = block; i < std::min(m, block + task_rows); i += rows) {
        const auto height = std::min(rows, m - i);
        kernels.panel[height - 1](Tile{k, scratch + i * k, 0, b.panel(j), cols, c + i * n + j, n,
                                       static_cast<int>(std::min(cols, n - j)),
                                       bias ? bias + j : nullptr, relu});
      }
}

}  // namespace aisp::kernels
