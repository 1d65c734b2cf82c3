// Matrix products with bf16 factors and fp32 sums, result rounded to bf16 once at the end.
//
// With AVX512-BF16 one instruction (vdpbf16ps) multiplies two neighbouring steps of k and adds both
// to 16 fp32 sums: twice the products of an fp32 FMA of the same width. So k goes in pairs: a panel
// of the right factor is [k / 2][columns][2], a row of the left one is read as 32-bit pairs.
// Without it bf16 only halves the bytes: the AVX2 kernel widens the weights back to fp32 as it
// loads them, which costs instructions, and can only win where memory is what it waits for.
//
// vdpbf16ps takes subnormal bf16 values as zero and rounds to nearest even whatever MXCSR says.
#pragma once

#include <aisp/dtype.h>
#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "instruction_set.h"
#include "register_tiles.h"

namespace aisp::kernels {

// One tile: c[i, j] = sum over p of a[i, p] b[p, j], i < rows, j < cols, over `pairs` pairs of k.
struct Bf16Tile {
  std::int64_t pairs;
  const void* a;  // rows of bf16 (avx512_bf16) or of fp32 that hold bf16 values (avx2, scalar)
  std::int64_t a_stride;   // elements of a; even
  const std::uint16_t* b;  // panel [pairs][kernel's cols][2]
  std::uint16_t* c;
  std::int64_t c_stride;
  int cols;  // 1 .. the kernel's cols
};

template <int kRows>
AISP_TARGET_AVX512_BF16 inline void bf16_tile_avx512(const Bf16Tile& t) {
  __m512 sum[kRows][2];
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i) sum[i][0] = sum[i][1] = _mm512_setzero_ps();
  const std::uint16_t* a = static_cast<const std::uint16_t*>(t.a);
  const std::uint16_t* b = t.b;
  const std::int64_t stride = t.a_stride;
  for (std::int64_t p = 0; p < t.pairs; ++p) {
    const __m512bh b0 = (__m512bh)_mm512_loadu_si512(b);
    const __m512bh b1 = (__m512bh)_mm512_loadu_si512(b + 32);
    b += 64;
#pragma GCC unroll 8
    for (int i = 0; i < kRows; ++i) {
      std::int32_t pair;
      __builtin_memcpy(&pair, a + i * stride, sizeof pair);
      const __m512bh x = (__m512bh)_mm512_set1_epi32(pair);
      sum[i][0] = _mm512_dpbf16_ps(sum[i][0], x, b0);
      sum[i][1] = _mm512_dpbf16_ps(sum[i][1], x, b1);
    }
    a += 2;
  }
  const __mmask32 mask = t.cols == 32 ? 0xffffffffu : (1u << t.cols) - 1;
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i) {
    const __m512i c = (__m512i)_mm512_cvtne2ps_pbh(sum[i][1], sum[i][0]);
    if (t.cols == 32)
      _mm512_storeu_si512(t.c + i * t.c_stride, c);
    else
      _mm512_mask_storeu_epi16(t.c + i * t.c_stride, mask, c);
  }
}

template <int kRows>
AISP_TARGET_AVX2 inline void bf16_tile_avx2(const Bf16Tile& t) {
  __m256 sum[kRows][2];
#pragma GCC unroll 6
  for (int i = 0; i < kRows; ++i) sum[i][0] = sum[i][1] = _mm256_setzero_ps();
  const float* a = static_cast<const float*>(t.a);
  const std::uint16_t* b = t.b;
  const std::int64_t stride = t.a_stride;
  const __m256i high = _mm256_set1_epi32(static_cast<std::int32_t>(0xffff0000u));
  for (std::int64_t p = 0; p < t.pairs; ++p) {
    const __m256i w0 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b));
    const __m256i w1 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + 16));
    b += 32;
    const __m256 even0 = _mm256_castsi256_ps(_mm256_slli_epi32(w0, 16));
    const __m256 even1 = _mm256_castsi256_ps(_mm256_slli_epi32(w1, 16));
#pragma GCC unroll 6
    for (int i = 0; i < kRows; ++i) {
      const __m256 x = _mm256_broadcast_ss(a + i * stride);
      sum[i][0] = _mm256_fmadd_ps(x, even0, sum[i][0]);
      sum[i][1] = _mm256_fmadd_ps(x, even1, sum[i][1]);
    }
    const __m256 odd0 = _mm256_castsi256_ps(_mm256_and_si256(w0, high));
    const __m256 odd1 = _mm256_castsi256_ps(_mm256_and_si256(w1, high));
#pragma GCC unroll 6
    for (int i = 0; i < kRows; ++i) {
      const __m256 x = _mm256_broadcast_ss(a + i * stride + 1);
      sum[i][0] = _mm256_fmadd_ps(x, odd0, sum[i][0]);
      sum[i][1] = _mm256_fmadd_ps(x, odd1, sum[i][1]);
    }
    a += 2;
  }
#pragma GCC unroll 6
  for (int i = 0; i < kRows; ++i) {
    float row[16];
    _mm256_storeu_ps(row, sum[i][0]);
    _mm256_storeu_ps(row + 8, sum[i][1]);
    for (int j = 0; j < t.cols; ++j) t.c[i * t.c_stride + j] = float_to_bf16(row[j]);
  }
}

template <int kRows>
void bf16_tile_scalar(const Bf16Tile& t) {
  const float* a = static_cast<const float*>(t.a);
  float sum[kRows][16] = {};
  for (std::int64_t p = 0; p < t.pairs; ++p)
    for (int i = 0; i < kRows; ++i)
      for (int j = 0; j < t.cols; ++j)
        sum[i][j] += a[i * t.a_stride + 2 * p] * bf16_to_float(t.b[p * 32 + 2 * j]) +
                     a[i * t.a_stride + 2 * p + 1] * bf16_to_float(t.b[p * 32 + 2 * j + 1]);
  for (int i = 0; i < kRows; ++i)
    for (int j = 0; j < t.cols; ++j) t.c[i * t.c_stride + j] = float_to_bf16(sum[i][j]);
}

struct Bf16Kernels {
  int rows;
  int cols;
  bool a_is_bf16;  // else fp32 that holds bf16 values
  void (*tile[8])(const Bf16Tile&);
};

inline const Bf16Kernels& bf16_kernels_for(InstructionSet set) {
  static constexpr Bf16Kernels kScalar = {
      4,
      16,
      false,
      {bf16_tile_scalar<1>, bf16_tile_scalar<2>, bf16_tile_scalar<3>, bf16_tile_scalar<4>}};
  static constexpr Bf16Kernels kAvx2 = {6,
                                        16,
                                        false,
                                        {bf16_tile_avx2<1>, bf16_tile_avx2<2>, bf16_tile_avx2<3>,
                                         bf16_tile_avx2<4>, bf16_tile_avx2<5>, bf16_tile_avx2<6>}};
  static constexpr Bf16Kernels kAvx512 = {
      8,
      32,
      true,
      {bf16_tile_avx512<1>, bf16_tile_avx512<2>, bf16_tile_avx512<3>, bf16_tile_avx512<4>,
       bf16_tile_avx512<5>, bf16_tile_avx512<6>, bf16_tile_avx512<7>, bf16_tile_avx512<8>}};
  switch (set) {
    case InstructionSet::scalar: return kScalar;
    case InstructionSet::avx2:
    case InstructionSet::avx512: return kAvx2;
    case InstructionSet::avx512_bf16: return kAvx512;
  }
  return kScalar;
}

inline const Bf16Kernels& bf16_kernels() {
  return bf16_kernels_for(widest(InstructionSet::avx512_bf16));
}

// Round to nearest even, without a branch so that it vectorizes; NaN stays NaN.
__attribute__((always_inline)) inline std::uint32_t rounded_bits(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = bits + 0x7fff + (bits >> 16 & 1);
  return (bits & 0x7fffffff) > 0x7f800000 ? (bits | 0x400000) : rounded;
}
__attribute__((always_inline)) inline void round_body(std::int64_t n, const float* __restrict in,
                                                      std::uint16_t* __restrict out) {
  for (std::int64_t i = 0; i < n; ++i)
    out[i] = static_cast<std::uint16_t>(rounded_bits(in[i]) >> 16);
}
inline void round_scalar(std::int64_t n, const float* in, std::uint16_t* out) {
  round_body(n, in, out);
}
AISP_TARGET_AVX2 inline void round_avx2(std::int64_t n, const float* in, std::uint16_t* out) {
  round_body(n, in, out);
}
AISP_TARGET_AVX512 inline void round_avx512(std::int64_t n, const float* in, std::uint16_t* out) {
  round_body(n, in, out);
}

// out[i] = bf16(in[i]).
inline void round_to_bf16(std::int64_t n, const float* in, std::uint16_t* out) {
  switch (widest(InstructionSet::avx512)) {
    case InstructionSet::scalar: return round_scalar(n, in, out);
    case InstructionSet::avx2: return round_avx2(n, in, out);
    case InstructionSet::avx512:
    case InstructionSet::avx512_bf16: return round_avx512(n, in, out);
  }
}

// b[k, n] fp32 row-major, rounded to bf16 and stored as column panels of pairs, padded with zeros
// to even k and whole panels. For weights, in setup.
class PackedColumnsBf16 {
 public:
  PackedColumnsBf16(const Bf16Kernels& kernels, std::int64_t k, std::int64_t n, const float* b)
      : pairs_((k + 1) / 2),
        data_((n + kernels.cols - 1) / kernels.cols * kernels.cols * pairs_ * 2) {
    const std::int64_t cols = kernels.cols;
    for (std::int64_t j = 0; j < n; j += cols) {
      std::uint16_t* out = data_.data() + j * pairs_ * 2;
      for (std::int64_t p = 0; p < pairs_ * 2; ++p)
        for (std::int64_t c = 0; c < cols; ++c)
          out[(p / 2 * cols + c) * 2 + p % 2] =
              p < k && j + c < n ? float_to_bf16(b[p * n + j + c]) : std::uint16_t{0};
    }
  }
  const std::uint16_t* panel(std::int64_t j) const { return data_.data() + j * pairs_ * 2; }

 private:
  std::int64_t pairs_;
  AlignedBuffer<std::uint16_t> data_;
};

// The left factor, rounded to bf16, row-major. Rows are a cache line longer than they need be:
// eight rows at a stride of a power of two would fall into the same few sets of the L1.
class RoundedRows {
 public:
  RoundedRows(const Bf16Kernels& kernels, std::int64_t m, std::int64_t k)
      : wide_(!kernels.a_is_bf16),
        stride_((k + 31) / 32 * 32 + 32),
        data_(m * stride_ * (wide_ ? 2 : 1)) {}

  // Row i from fp32; the padding up to an even k becomes zero.
  void store(std::int64_t i, std::int64_t k, const float* a) {
    if (!wide_) {
      std::uint16_t* out = data_.data() + i * stride_;
      round_to_bf16(k, a, out);
      if (k % 2) out[k] = 0;
    } else {
      float* out = reinterpret_cast<float*>(data_.data()) + i * stride_;
      for (std::int64_t p = 0; p < k; ++p)
        out[p] = std::bit_cast<float>(rounded_bits(a[p]) & 0xffff0000u);
      if (k % 2) out[k] = 0;
    }
  }
  const void* row(std::int64_t i) const { return data_.data() + i * stride_ * (wide_ ? 2 : 1); }
  std::int64_t stride() const { return stride_; }

 private:
  bool wide_;
  std::int64_t stride_;
  AlignedBuffer<std::uint16_t> data_;
};

// c[m, n] = bf16(a b) for all threads of the enclosing parallel region, which must all call it; `a`
// is rounded inside. Ends with a barrier.
inline void packed_gemm_bf16(const Bf16Kernels& kernels, std::int64_t m, std::int64_t n,
                             std::int64_t k, const float* a, const PackedColumnsBf16& b,
                             std::uint16_t* c, RoundedRows& scratch) {
  const std::int64_t rows = kernels.rows, cols = kernels.cols;
#pragma omp for schedule(static)
  for (std::int64_t i = 0; i < m; ++i) scratch.store(i, k, a + i * k);
  const std::int64_t task_rows = rows * kTaskPanels;
#pragma omp for collapse(2) schedule(static)
  for (std::int64_t j = 0; j < n; j += cols)
    for (std::int64_t block = 0; block < m; block += task_rows)
      for (std::int64_t i = block; i < std::min(m, block + task_rows); i += rows)
        kernels.tile[std::min(rows, m - i) - 1](
            Bf16Tile{(k + 1) / 2, scratch.row(i), scratch.stride(), b.panel(j), c + i * n + j, n,
                     static_cast<int>(std::min(cols, n - j))});
}

}  // namespace aisp::kernels
