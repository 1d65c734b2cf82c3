// The ceiling: OpenBLAS sgemm with its own threads, and no ranks that would have to tell each other
// anything. relu is a pass of its own.
#include <aisp/aisp.h>
#include <cblas.h>
#include <omp.h>

#include <algorithm>
#include <vector>

namespace {

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch& launch)
      : hidden_(static_cast<std::size_t>(launch.input_tensor(0).shape[0] *
                                         launch.input_tensor(1).shape[1])) {
    openblas_set_num_threads(omp_get_max_threads());
  }

  void run(const aisp::Launch& launch) {
    const auto tokens = static_cast<blasint>(launch.input_tensor(0).shape[0]);
    const auto width = static_cast<blasint>(launch.input_tensor(1).shape[0]);
    const auto hidden = static_cast<blasint>(launch.input_tensor(1).shape[1]);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, tokens, hidden, width, 1.0f,
                launch.input<float>(0), width, launch.input<float>(1), hidden, 0.0f, hidden_.data(),
                hidden);
    for (float& h : hidden_) h = std::max(h, 0.0f);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, tokens, width, hidden, 1.0f,
                hidden_.data(), hidden, launch.input<float>(2), width, 0.0f,
                launch.output<float>(0), width);
  }

 private:
  std::vector<float> hidden_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "OpenBLAS sgemm, no ranks");
