// The library's row: OpenBLAS gemv, transposed, with a vector of ones; parts of the rows shared out over the
// threads.
#include <aisp/aisp.h>
#include <cblas.h>

#include <algorithm>
#include <vector>

namespace {

constexpr std::int64_t kPart = 256;  // rows

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        columns_(launch.input_tensor(0).shape[1]),
        parts_((rows_ + kPart - 1) / kPart),
        partial_(static_cast<std::size_t>(parts_ * columns_)),
        ones_(kPart, 1.0f) {
    openblas_set_num_threads(1);
  }

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
#pragma omp parallel for schedule(static)
    for (std::int64_t p = 0; p < parts_; ++p)
      cblas_sgemv(
          CblasRowMajor, CblasTrans, static_cast<blasint>(std::min(kPart, rows_ - p * kPart)),
          static_cast<blasint>(columns_), 1.0f, x + p * kPart * columns_,
          static_cast<blasint>(columns_), ones_.data(), 1, 0.0f, partial_.data() + p * columns_, 1);
    for (std::int64_t c = 0; c < columns_; ++c) {
      y[c] = 0;
      for (std::int64_t p = 0; p < parts_; ++p)
        y[c] += partial_[static_cast<std::size_t>(p * columns_ + c)];
    }
  }

 private:
  std::int64_t rows_;
  std::int64_t columns_;
  std::int64_t parts_;
  std::vector<float> partial_;
  std::vector<float> ones_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "OpenBLAS gemv with ones, parts over threads");
