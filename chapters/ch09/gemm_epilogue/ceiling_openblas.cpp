// A library's product: OpenBLAS sgemm onto a C that holds the bias, and a pass for the maximum. The
// interface of the BLAS has no epilogue.
#include <aisp/aisp.h>
#include <cblas.h>

#include <algorithm>
#include <cstdint>

#include "layer.h"

namespace {

void run(const aisp::Launch& launch) {
  const std::int64_t m = launch.input_tensor(0).shape[0], k = launch.input_tensor(0).shape[1];
  const std::int64_t n = launch.input_tensor(1).shape[1];
  const float* bias = launch.input<float>(2);
  float* c = launch.output<float>(0);
  const epilogue::RowPasses passes = epilogue::row_passes();
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < m; ++i) std::copy(bias, bias + n, c + i * n);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<blasint>(m),
              static_cast<blasint>(n), static_cast<blasint>(k), 1.0f, launch.input<float>(0),
              static_cast<blasint>(k), launch.input<float>(1), static_cast<blasint>(n), 1.0f, c,
              static_cast<blasint>(n));
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < m; ++i) passes.relu(n, c + i * n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "OpenBLAS sgemm onto the bias, maximum in a pass");
