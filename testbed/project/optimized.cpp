// Weights are packed in setup into panels of 16 columns; each panel's sums stay in registers.
#include <cstring>
#include <vector>

#include "aisp/implementation.h"

namespace {

constexpr std::size_t kPanel = 16;

// Four rows at once: four sums of one panel each, and one load of the panel for all of them.
typedef float Lanes __attribute__((vector_size(kPanel * sizeof(float))));

__attribute__((target_clones("avx512f", "avx2", "default"))) void panel_times_rows(
    const float* x, const float* panel, std::size_t inner, float* out, std::size_t columns) {
  Lanes sums[4] = {};
  for (std::size_t k = 0; k < inner; ++k) {
    Lanes weights;
    std::memcpy(&weights, panel + k * kPanel, sizeof weights);
    for (std::size_t row = 0; row < 4; ++row) sums[row] += x[row * inner + k] * weights;
  }
  for (std::size_t row = 0; row < 4; ++row)
    std::memcpy(out + row * columns, &sums[row], sizeof sums[row]);
}

class PackedWeights {
 public:
  explicit PackedWeights(const aisp::Launch& launch)
      : rows_(static_cast<std::size_t>(launch.input_tensor(0).shape[0])),
        inner_(static_cast<std::size_t>(launch.input_tensor(1).shape[0])),
        columns_(static_cast<std::size_t>(launch.input_tensor(1).shape[1])),
        packed_(inner_ * columns_) {
    const float* w = launch.input<float>(1);
    for (std::size_t column = 0; column < columns_; ++column)
      for (std::size_t k = 0; k < inner_; ++k)
        packed_[(column / kPanel * inner_ + k) * kPanel + column % kPanel] =
            w[k * columns_ + column];
  }

  void run(const aisp::Launch& launch) {
    // The problem's 64 rows are a multiple of four.
    const float* x = launch.input<float>(0);
    float* out = launch.output<float>(0);
    for (std::size_t column = 0; column < columns_; column += kPanel)
      for (std::size_t row = 0; row < rows_; row += 4)
        panel_times_rows(x + row * inner_, packed_.data() + column * inner_, inner_,
                         out + row * columns_ + column, columns_);
  }

 private:
  std::size_t rows_;
  std::size_t inner_;
  std::size_t columns_;
  std::vector<float> packed_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(PackedWeights, "weights packed in setup, panels of 16 columns");
