// The one pass of `optimized`, and stores past the caches (chapter 6, `add`): a row is scaled from the L1 straight into
// memory, so that its lines are not read before they are written, and 8 bytes an element travel in place of 12.
#include <aisp/aisp.h>
#include <immintrin.h>

#include <cstdint>

#include "row_kernels.h"

namespace {

constexpr std::int64_t kVector = 4;  // floats of a stored vector: SSE, which every x86-64 has

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  const float* x = launch.input<float>(0);
  float* y = launch.output<float>(0);
  const l2norm::RowKernels k = l2norm::row_kernels();
  const bool aligned = reinterpret_cast<std::uintptr_t>(y) % 16 == 0 && columns % kVector == 0;
#pragma omp parallel
  {
#pragma omp for schedule(static)
    for (std::int64_t r = 0; r < rows; ++r) {
      const float* row = x + r * columns;
      float* to = y + r * columns;
      const float scale = l2norm::reciprocal_root(k.sum_squares(columns, row));
      if (!aligned) {
        k.scale(columns, scale, row, to);
        continue;
      }
      const __m128 s = _mm_set1_ps(scale);
      for (std::int64_t i = 0; i < columns; i += kVector)
        _mm_stream_ps(to + i, _mm_mul_ps(s, _mm_loadu_ps(row + i)));
    }
    _mm_sfence();  // each thread's stores are seen before the call returns
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "one pass, a row at a time, non-temporal stores");
