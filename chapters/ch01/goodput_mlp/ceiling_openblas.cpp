// The ceiling: OpenBLAS sgemm for both layers on the whole batch, bias and relu in a pass of their
// own (which the BLAS interface does not fuse).
#include <aisp/aisp.h>
#include <cblas.h>

#include <algorithm>
#include <vector>

#include "mlp_shape.h"

namespace {

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch& launch)
      : hidden_(static_cast<std::size_t>(MlpShape(launch).all_rows() * MlpShape(launch).hidden)) {}

  void run(const aisp::Launch& launch) {
    const MlpShape s(launch);
    layer(s.all_rows(), s.hidden, s.in, launch.input<float>(0), launch.input<float>(1),
          launch.input<float>(2), hidden_.data());
    for (float& h : hidden_) h = std::max(h, 0.0f);
    layer(s.all_rows(), s.out, s.hidden, hidden_.data(), launch.input<float>(3),
          launch.input<float>(4), launch.output<float>(0));
  }

 private:
  // beta = 1 on an output that holds the bias.
  static void layer(std::int64_t m, std::int64_t n, std::int64_t k, const float* x, const float* w,
                    const float* bias, float* y) {
    for (std::int64_t i = 0; i < m; ++i) std::copy(bias, bias + n, y + i * n);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<blasint>(m),
                static_cast<blasint>(n), static_cast<blasint>(k), 1.0f, x, static_cast<blasint>(k),
                w, static_cast<blasint>(n), 1.0f, y, static_cast<blasint>(n));
  }

  std::vector<float> hidden_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "OpenBLAS sgemm on the whole batch, both layers");
