// Blocks of 16 x 16: sixteen lines of A are read, turned around in registers (4 x 4 at a time, with
// the two-step shuffle that every x86-64 has, or 8 x 8 with AVX2), and leave as sixteen whole lines
// of B, past the caches. Each byte crosses the memory bus once.
//
// A thread goes down a band of 64 columns of A: 256 bytes of each row, because a row is pages away
// from the next, and one line of it would be too little for a visit.
#include <aisp/aisp.h>
#include <immintrin.h>
#include <kernels/instruction_set.h>

#include <algorithm>

namespace {

constexpr std::int64_t kBlock = 16;  // floats in a cache line
constexpr std::int64_t kBand = 4 * kBlock;

// One block; b is aligned to a cache line, and so are its rows.
using TransposeBlock = void (*)(const float* a, std::int64_t a_stride, float* b,
                                std::int64_t b_stride);

void block_sse(const float* a, std::int64_t a_stride, float* b, std::int64_t b_stride) {
  for (std::int64_t c = 0; c < kBlock; c += 4)
    for (std::int64_t r = 0; r < kBlock; r += 4) {
      __m128 x[4];
      for (int i = 0; i < 4; ++i) x[i] = _mm_loadu_ps(a + (r + i) * a_stride + c);
      _MM_TRANSPOSE4_PS(x[0], x[1], x[2], x[3]);
      for (int i = 0; i < 4; ++i) _mm_stream_ps(b + (c + i) * b_stride + r, x[i]);
    }
}

// Rows r .. r + 7 of x become its columns.
AISP_TARGET_AVX2 __attribute__((always_inline)) inline void transpose8(__m256 (&x)[8]) {
  __m256 y[8];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    y[2 * i] = _mm256_unpacklo_ps(x[2 * i], x[2 * i + 1]);
    y[2 * i + 1] = _mm256_unpackhi_ps(x[2 * i], x[2 * i + 1]);
  }
#pragma GCC unroll 2
  for (int h = 0; h < 8; h += 4) {
    x[h] = _mm256_shuffle_ps(y[h], y[h + 2], 0x44);
    x[h + 1] = _mm256_shuffle_ps(y[h], y[h + 2], 0xee);
    x[h + 2] = _mm256_shuffle_ps(y[h + 1], y[h + 3], 0x44);
    x[h + 3] = _mm256_shuffle_ps(y[h + 1], y[h + 3], 0xee);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    y[i] = _mm256_permute2f128_ps(x[i], x[i + 4], 0x20);
    y[i + 4] = _mm256_permute2f128_ps(x[i], x[i + 4], 0x31);
  }
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) x[i] = y[i];
}

AISP_TARGET_AVX2 void block_avx2(const float* a, std::int64_t a_stride, float* b,
                                 std::int64_t b_stride) {
  for (std::int64_t c = 0; c < kBlock; c += 8) {
    __m256 low[8], high[8];
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
      low[i] = _mm256_loadu_ps(a + i * a_stride + c);
      high[i] = _mm256_loadu_ps(a + (i + 8) * a_stride + c);
    }
    transpose8(low);
    transpose8(high);
    // Both halves of a line one after the other: a line leaves as a whole.
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
      _mm256_stream_ps(b + (c + i) * b_stride, low[i]);
      _mm256_stream_ps(b + (c + i) * b_stride + 8, high[i]);
    }
  }
}

TransposeBlock transpose_block() {
  using aisp::kernels::InstructionSet;
  return aisp::kernels::widest(InstructionSet::avx2) == InstructionSet::avx2 ? block_avx2
                                                                             : block_sse;
}

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  const float* a = launch.input<float>(0);
  float* b = launch.output<float>(0);
  const TransposeBlock block = transpose_block();
  const bool lines = rows % kBlock == 0 && reinterpret_cast<std::uintptr_t>(b) % 64 == 0;
#pragma omp parallel
  {
#pragma omp for schedule(static)
    for (std::int64_t band = 0; band < columns; band += kBand)
      for (std::int64_t r = 0; r < rows; r += kBlock)
        for (std::int64_t c = band; c < std::min(columns, band + kBand); c += kBlock) {
          if (lines && c + kBlock <= columns) {
            block(a + r * columns + c, columns, b + c * rows + r, rows);
            continue;
          }
          for (std::int64_t j = c; j < std::min(columns, c + kBlock); ++j)
            for (std::int64_t i = r; i < std::min(rows, r + kBlock); ++i)
              b[j * rows + i] = a[i * columns + j];
        }
    _mm_sfence();
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "16 x 16 blocks in registers, non-temporal stores of whole lines");
