// The library's row: OpenBLAS sgemv on one thread for a share of the rows each, from the judge's memory.
#include <aisp/aisp.h>
#include <cblas.h>

#include <algorithm>

namespace {

constexpr std::int64_t kRows = 64;  // rows of a task

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch&) { openblas_set_num_threads(1); }

  void run(const aisp::Launch& launch) {
    const std::int64_t rows = launch.input_tensor(0).shape[0];
    const std::int64_t columns = launch.input_tensor(0).shape[1];
    const float* w = launch.input<float>(0);
    const float* x = launch.input<float>(1);
    float* y = launch.output<float>(0);
#pragma omp parallel for schedule(static)
    for (std::int64_t r = 0; r < rows; r += kRows)
      cblas_sgemv(CblasRowMajor, CblasNoTrans, static_cast<blasint>(std::min(kRows, rows - r)),
                  static_cast<blasint>(columns), 1.0f, w + r * columns,
                  static_cast<blasint>(columns), x, 1, 0.0f, y + r, 1);
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "OpenBLAS sgemv, rows over threads");
