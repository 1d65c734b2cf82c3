// Four passes, as four calls of an array library: squares, their sums, reciprocal roots, the product. Each is
// parallel and vectorized; the squares go to memory and come back, and x is read twice.
#include <aisp/aisp.h>

#include <cstdint>
#include <vector>

#include "row_kernels.h"

namespace {

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        columns_(launch.input_tensor(0).shape[1]),
        squares_(static_cast<std::size_t>(rows_ * columns_)),
        scales_(static_cast<std::size_t>(rows_)) {}

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    const l2norm::RowKernels k = l2norm::row_kernels();
#pragma omp parallel for schedule(static)
    for (std::int64_t r = 0; r < rows_; ++r)
      k.square(columns_, x + r * columns_, squares_.data() + r * columns_);
#pragma omp parallel for schedule(static)
    for (std::int64_t r = 0; r < rows_; ++r)
      scales_[static_cast<std::size_t>(r)] = k.sum(columns_, squares_.data() + r * columns_);
    for (float& s : scales_) s = l2norm::reciprocal_root(s);
#pragma omp parallel for schedule(static)
    for (std::int64_t r = 0; r < rows_; ++r)
      k.scale(columns_, scales_[static_cast<std::size_t>(r)], x + r * columns_, y + r * columns_);
  }

 private:
  std::int64_t rows_;
  std::int64_t columns_;
  std::vector<float> squares_;
  std::vector<float> scales_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "four passes: squares, sums, reciprocal roots, product");
