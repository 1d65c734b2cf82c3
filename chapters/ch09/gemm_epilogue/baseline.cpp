// The product, then the bias, then the maximum: three calls, each of them parallel and vectorized. C is
// written, and twice read and written again.
#include <aisp/aisp.h>

#include <cstdint>

#include "layer.h"

namespace {

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch) : product_(launch) {}

  void run(const aisp::Launch& launch) {
    const float* bias = launch.input<float>(2);
    float* c = launch.output<float>(0);
    const std::int64_t m = product_.rows(), n = product_.columns();
    const epilogue::RowPasses passes = epilogue::row_passes();
    product_.run(launch.input<float>(0), nullptr, c);
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < m; ++i) passes.add(n, bias, c + i * n);
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < m; ++i) passes.relu(n, c + i * n);
  }

 private:
  epilogue::Product product_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "product, bias and maximum: three passes over C");
