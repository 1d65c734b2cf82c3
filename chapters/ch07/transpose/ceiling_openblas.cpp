// The ceiling: OpenBLAS omatcopy, bands of columns shared out over the threads.
#include <aisp/aisp.h>
#include <cblas.h>

#include <algorithm>

namespace {

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  const float* a = launch.input<float>(0);
  float* b = launch.output<float>(0);
  constexpr std::int64_t kBand = 64;
#pragma omp parallel for schedule(static)
  for (std::int64_t c = 0; c < columns; c += kBand)
    cblas_somatcopy(CblasRowMajor, CblasTrans, static_cast<blasint>(rows),
                    static_cast<blasint>(std::min(kBand, columns - c)), 1.0f, a + c,
                    static_cast<blasint>(columns), b + c * rows, static_cast<blasint>(rows));
}

}  // namespace

AISP_IMPLEMENTATION(run, "OpenBLAS omatcopy, bands over threads");
