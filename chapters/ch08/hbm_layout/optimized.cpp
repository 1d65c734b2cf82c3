// Along the rows, eight at a time: each is added to sums for all columns, 16 KiB of them, in the L1. Parts of
// 256 rows are shared out over the threads; a part's sums do not depend on who has it.
#include <aisp/aisp.h>
#include <kernels/choose_kernel.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace {

constexpr std::int64_t kPart = 256;  // rows

// sums[0 .. columns) += rows of x.
using AddRows = void (*)(std::int64_t rows, std::int64_t columns, const float* x, float* sums);

__attribute__((always_inline)) inline void add_rows_body(std::int64_t rows, std::int64_t columns,
                                                         const float* x, float* __restrict sums) {
  std::int64_t r = 0;
  for (; r + 8 <= rows; r += 8, x += 8 * columns)
    for (std::int64_t c = 0; c < columns; ++c) {
      const float* v = x + c;
      sums[c] += ((v[0] + v[columns]) + (v[2 * columns] + v[3 * columns])) +
                 ((v[4 * columns] + v[5 * columns]) + (v[6 * columns] + v[7 * columns]));
    }
  for (; r < rows; ++r, x += columns)
    for (std::int64_t c = 0; c < columns; ++c) sums[c] += x[c];
}
void scalar(std::int64_t rows, std::int64_t columns, const float* x, float* sums) {
  add_rows_body(rows, columns, x, sums);
}
AISP_TARGET_AVX2 void avx2(std::int64_t rows, std::int64_t columns, const float* x, float* sums) {
  add_rows_body(rows, columns, x, sums);
}
AISP_TARGET_AVX512 void avx512(std::int64_t rows, std::int64_t columns, const float* x,
                               float* sums) {
  add_rows_body(rows, columns, x, sums);
}

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        columns_(launch.input_tensor(0).shape[1]),
        parts_((rows_ + kPart - 1) / kPart),
        partial_(static_cast<std::size_t>(parts_ * columns_)) {}

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    const AddRows add_rows = aisp::kernels::choose_kernel<AddRows>(scalar, avx2, avx512);
#pragma omp parallel for schedule(static)
    for (std::int64_t p = 0; p < parts_; ++p) {
      float* sums = partial_.data() + p * columns_;
      std::fill_n(sums, columns_, 0.0f);
      add_rows(std::min(kPart, rows_ - p * kPart), columns_, x + p * kPart * columns_, sums);
    }
    std::fill_n(y, columns_, 0.0f);
    add_rows(parts_, columns_, partial_.data(), y);
  }

 private:
  std::int64_t rows_;
  std::int64_t columns_;
  std::int64_t parts_;
  std::vector<float> partial_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "along the rows, sums in the L1");
