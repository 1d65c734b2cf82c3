// One pass: a row is squared and summed, and scaled while it is still in the L1 (8 KiB). Memory is read once
// and written once. The loops and their stores are the baseline's.
#include <aisp/aisp.h>

#include <cstdint>

#include "row_kernels.h"

namespace {

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  const float* x = launch.input<float>(0);
  float* y = launch.output<float>(0);
  const l2norm::RowKernels k = l2norm::row_kernels();
#pragma omp parallel for schedule(static)
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * columns;
    k.scale(columns, l2norm::reciprocal_root(k.sum_squares(columns, row)), row, y + r * columns);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "one pass, a row at a time");
