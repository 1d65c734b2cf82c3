// Matrix product in double precision for the problems of this chapter. Trusted: it shares no code
// with the implementations. Both factors are widened to double (exact), packed into panels, and
// multiplied by a 6 x 8 register tile, because the judge runs it in as many rounds as it can pay
// for.
#pragma once

#include <immintrin.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace aisp::kernels {

inline constexpr std::int64_t kReferenceRows = 6;  // 12 accumulators of 4 doubles, of 16 registers
inline constexpr std::int64_t kReferenceCols = 8;
inline constexpr std::int64_t kReferenceDepth = 256;  // 28 KiB of panels: they stay in the L1

// tile[6, 8] += a[k, 6]^T b[k, 8]
inline void reference_tile_scalar(std::int64_t k, const double* a, const double* b, double* tile) {
  for (std::int64_t p = 0; p < k; ++p)
    for (std::int64_t i = 0; i < kReferenceRows; ++i)
      for (std::int64_t j = 0; j < kReferenceCols; ++j)
        tile[i * kReferenceCols + j] += a[p * kReferenceRows + i] * b[p * kReferenceCols + j];
}

__attribute__((target("avx2,fma"))) inline void reference_tile_avx2(std::int64_t k, const double* a,
                                                                    const double* b, double* tile) {
  __m256d sum[kReferenceRows][2];
#pragma GCC unroll 6
  for (int i = 0; i < kReferenceRows; ++i) {
    sum[i][0] = _mm256_loadu_pd(tile + i * kReferenceCols);
    sum[i][1] = _mm256_loadu_pd(tile + i * kReferenceCols + 4);
  }
  for (std::int64_t p = 0; p < k; ++p) {
    const __m256d b0 = _mm256_loadu_pd(b + p * kReferenceCols);
    const __m256d b1 = _mm256_loadu_pd(b + p * kReferenceCols + 4);
#pragma GCC unroll 6
    for (int i = 0; i < kReferenceRows; ++i) {
      const __m256d x = _mm256_broadcast_sd(a + p * kReferenceRows + i);
      sum[i][0] = _mm256_fmadd_pd(x, b0, sum[i][0]);
      sum[i][1] = _mm256_fmadd_pd(x, b1, sum[i][1]);
    }
  }
#pragma GCC unroll 6
  for (int i = 0; i < kReferenceRows; ++i) {
    _mm256_storeu_pd(tile + i * kReferenceCols, sum[i][0]);
    _mm256_storeu_pd(tile + i * kReferenceCols + 4, sum[i][1]);
  }
}

// c[m, n] = a[m, k] b[k, n], all row-major and contiguous; A is float or double. Parallel over
// column panels, and serial when it is called from a parallel region.
template <class A>
void reference_gemm(std::int64_t m, std::int64_t n, std::int64_t k, const A* a, const float* b,
                    double* c) {
  constexpr std::int64_t kRows = kReferenceRows, kCols = kReferenceCols;
  const auto tile = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
                        ? reference_tile_avx2
                        : reference_tile_scalar;
  const std::int64_t row_panels = (m + kRows - 1) / kRows;
  const std::int64_t col_panels = (n + kCols - 1) / kCols;
  std::vector<double> rows(static_cast<std::size_t>(row_panels * kRows * k));
#pragma omp parallel
  {
#pragma omp for
    for (std::int64_t g = 0; g < row_panels; ++g)
      for (std::int64_t i = 0; i < std::min(kRows, m - g * kRows); ++i)
        for (std::int64_t p = 0; p < k; ++p)
          rows[static_cast<std::size_t>((g * k + p) * kRows + i)] = a[(g * kRows + i) * k + p];
    std::vector<double> cols(static_cast<std::size_t>(k * kCols));
    std::vector<double> sums(static_cast<std::size_t>(row_panels * kRows * kCols));
#pragma omp for
    for (std::int64_t h = 0; h < col_panels; ++h) {
      const std::int64_t width = std::min(kCols, n - h * kCols);
      for (std::int64_t p = 0; p < k; ++p)
        for (std::int64_t j = 0; j < width; ++j)
          cols[static_cast<std::size_t>(p * kCols + j)] = b[p * n + h * kCols + j];
      std::fill(sums.begin(), sums.end(), 0.0);
      for (std::int64_t p = 0; p < k; p += kReferenceDepth)
        for (std::int64_t g = 0; g < row_panels; ++g)
          tile(std::min(kReferenceDepth, k - p),
               &rows[static_cast<std::size_t>((g * k + p) * kRows)],
               &cols[static_cast<std::size_t>(p * kCols)],
               &sums[static_cast<std::size_t>(g * kRows * kCols)]);
      for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < width; ++j)
          c[i * n + h * kCols + j] = sums[static_cast<std::size_t>(i * kCols + j)];
    }
  }
}

}  // namespace aisp::kernels
