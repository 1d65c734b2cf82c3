// The edge is dealt with once for each row, not for each neighbour: rows outside of the image are a row of
// zeros, and the row of sums has two zeros at either end. The loops that are left ask nothing, and the
// compiler makes vectors of them.
#include <aisp/aisp.h>
#include <kernels/choose_kernel.h>

#include <cstdint>
#include <vector>

namespace {

// y[0 .. n) from five rows of x; sums has n + 4 floats, of which the first and last two are zero.
using SmoothRow = void (*)(std::int64_t n, const float* const* x, float* sums, float* y);

__attribute__((always_inline)) inline void smooth_row_body(std::int64_t n, const float* const* x,
                                                           float* __restrict sums,
                                                           float* __restrict y) {
  const float* a = x[0];
  const float* b = x[1];
  const float* c = x[2];
  const float* d = x[3];
  const float* e = x[4];
  for (std::int64_t j = 0; j < n; ++j)
    sums[j + 2] = 0.0625f * (a[j] + e[j]) + 0.25f * (b[j] + d[j]) + 0.375f * c[j];
  for (std::int64_t j = 0; j < n; ++j)
    y[j] = 0.0625f * (sums[j] + sums[j + 4]) + 0.25f * (sums[j + 1] + sums[j + 3]) +
           0.375f * sums[j + 2];
}
void scalar(std::int64_t n, const float* const* x, float* sums, float* y) {
  smooth_row_body(n, x, sums, y);
}
AISP_TARGET_AVX2 void avx2(std::int64_t n, const float* const* x, float* sums, float* y) {
  smooth_row_body(n, x, sums, y);
}
AISP_TARGET_AVX512 void avx512(std::int64_t n, const float* const* x, float* sums, float* y) {
  smooth_row_body(n, x, sums, y);
}

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  const float* x = launch.input<float>(0);
  float* y = launch.output<float>(0);
  const SmoothRow smooth = aisp::kernels::choose_kernel<SmoothRow>(scalar, avx2, avx512);
  const std::vector<float> zeros(static_cast<std::size_t>(columns));
#pragma omp parallel
  {
    std::vector<float> sums(static_cast<std::size_t>(columns + 4));
#pragma omp for schedule(static)
    for (std::int64_t i = 0; i < rows; ++i) {
      const float* around[5];
      for (std::int64_t p = -2; p <= 2; ++p)
        around[p + 2] = i + p >= 0 && i + p < rows ? x + (i + p) * columns : zeros.data();
      smooth(columns, around, sums.data(), y + i * columns);
    }
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "rows and rims of zeros, loops without a question");
