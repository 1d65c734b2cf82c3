// The textbook triple loop: walks down a column of w for every result.
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* x = launch.input<float>(0);
  const float* w = launch.input<float>(1);
  float* out = launch.output<float>(0);
  const auto rows = static_cast<std::size_t>(launch.input_tensor(0).shape[0]);
  const auto inner = static_cast<std::size_t>(launch.input_tensor(1).shape[0]);
  const auto columns = static_cast<std::size_t>(launch.input_tensor(1).shape[1]);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = 0; column < columns; ++column) {
      float sum = 0;
      for (std::size_t k = 0; k < inner; ++k) sum += x[row * inner + k] * w[k * columns + column];
      out[row * columns + column] = sum;
    }
}

}  // namespace

AISP_IMPLEMENTATION(run, "triple loop, strided walk through the weight");
