// Row by row of C, in the order of loops that walks along rows (row, k, column), vectorized, rows shared
// out over the threads. For each row of C all of B comes by, from the L2 or the L3.
#include <aisp/aisp.h>
#include <kernels/row_loops.h>

#include <algorithm>

namespace {

constexpr std::int64_t kRows = 4;

void run(const aisp::Launch& launch) {
  const std::int64_t m = launch.input_tensor(0).shape[0], k = launch.input_tensor(0).shape[1];
  const std::int64_t n = launch.input_tensor(1).shape[1];
  const float* a = launch.input<float>(0);
  const float* b = launch.input<float>(1);
  float* c = launch.output<float>(0);
  const aisp::kernels::RowLoopsFunction multiply = aisp::kernels::row_loops();
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < m; i += kRows)
    multiply({std::min(kRows, m - i), k, n, a + i * k, b, c + i * n});
}

}  // namespace

AISP_IMPLEMENTATION(run, "loops along rows, vectorized");
