// The library's row: OpenBLAS dot with a vector of ones that stays in the L1, one thread a part, parts
// shared out over the threads. (OpenBLAS has a sum of its own; that of 0.3.21 is wrong with AVX-512.)
#include <aisp/aisp.h>
#include <cblas.h>

#include <algorithm>
#include <vector>

namespace {

constexpr std::int64_t kPart = 4096;

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        length_(launch.input_tensor(0).shape[1]),
        parts_((length_ + kPart - 1) / kPart),
        sums_(static_cast<std::size_t>(rows_ * parts_)),
        ones_(kPart, 1.0f) {
    openblas_set_num_threads(1);
  }

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    float* sums = sums_.data();
#pragma omp parallel for collapse(2) schedule(static)
    for (std::int64_t r = 0; r < rows_; ++r)
      for (std::int64_t p = 0; p < parts_; ++p)
        sums[r * parts_ + p] =
            cblas_sdot(static_cast<blasint>(std::min(kPart, length_ - p * kPart)),
                       x + r * length_ + p * kPart, 1, ones_.data(), 1);
    for (std::int64_t r = 0; r < rows_; ++r) {
      y[r] = 0;
      for (std::int64_t p = 0; p < parts_; ++p) y[r] += sums[r * parts_ + p];
    }
  }

 private:
  std::int64_t rows_;
  std::int64_t length_;
  std::int64_t parts_;
  std::vector<float> sums_;
  std::vector<float> ones_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "OpenBLAS dot with ones, parts over threads");
