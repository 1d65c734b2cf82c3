// The ceiling: OpenBLAS sgemm with its own threads.
#include <aisp/aisp.h>
#include <cblas.h>

namespace {

void run(const aisp::Launch& launch) {
  const auto m = static_cast<blasint>(launch.input_tensor(0).shape[0]);
  const auto k = static_cast<blasint>(launch.input_tensor(0).shape[1]);
  const auto n = static_cast<blasint>(launch.input_tensor(1).shape[1]);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1.0f, launch.input<float>(0), k,
              launch.input<float>(1), n, 0.0f, launch.output<float>(0), n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "OpenBLAS sgemm");
