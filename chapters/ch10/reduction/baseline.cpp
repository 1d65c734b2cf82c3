// Two passes. The first leaves a partial sum for each block of 4096 elements in memory, the second
// adds those. Floating-point additions are not associative, so that the compiler keeps the loop's
// sum in one chain: one addition each four cycles, whatever the processor could do.
#include <aisp/aisp.h>

#include <algorithm>
#include <vector>

namespace {

constexpr std::int64_t kBlock = 4096;

float sum_of(std::int64_t n, const float* x) {
  float sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += x[i];
  return sum;
}

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        length_(launch.input_tensor(0).shape[1]),
        blocks_((length_ + kBlock - 1) / kBlock),
        partial_(static_cast<std::size_t>(rows_ * blocks_)) {}

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    float* partial = partial_.data();
#pragma omp parallel for collapse(2) schedule(static)
    for (std::int64_t r = 0; r < rows_; ++r)
      for (std::int64_t b = 0; b < blocks_; ++b)
        partial[r * blocks_ + b] =
            sum_of(std::min(kBlock, length_ - b * kBlock), x + r * length_ + b * kBlock);
#pragma omp parallel for schedule(static)
    for (std::int64_t r = 0; r < rows_; ++r) y[r] = sum_of(blocks_, partial + r * blocks_);
  }

 private:
  std::int64_t rows_;
  std::int64_t length_;
  std::int64_t blocks_;
  std::vector<float> partial_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "block sums to memory, then their sum; one chain each");
