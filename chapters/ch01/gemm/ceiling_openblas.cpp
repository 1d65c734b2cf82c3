// The ceiling: OpenBLAS sgemm on one thread per matrix, the batch shared out over the threads. (Its
// own threads would be started for every matrix: the baseline's fault.)
#include <aisp/aisp.h>
#include <cblas.h>

namespace {

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch&) { openblas_set_num_threads(1); }

  void run(const aisp::Launch& launch) {
    const std::int64_t* a_shape = launch.input_tensor(0).shape;
    const std::int64_t batch = a_shape[0];
    const auto m = static_cast<blasint>(a_shape[1]);
    const auto k = static_cast<blasint>(a_shape[2]);
    const auto n = static_cast<blasint>(launch.input_tensor(1).shape[2]);
    const float* a = launch.input<float>(0);
    const float* b = launch.input<float>(1);
    float* c = launch.output<float>(0);
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < batch; ++i)
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1.0f, a + i * m * k, k,
                  b + i * k * n, n, 0.0f, c + i * m * n, n);
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "OpenBLAS sgemm per matrix, batch over threads");
