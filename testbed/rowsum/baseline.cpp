// One accumulator per row: each addition waits for the one before.
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* in = launch.input<float>(0);
  float* out = launch.output<float>(0);
  const auto rows = static_cast<std::size_t>(launch.input_tensor(0).shape[0]);
  const auto columns = static_cast<std::size_t>(launch.input_tensor(0).shape[1]);
  for (std::size_t row = 0; row < rows; ++row) {
    float sum = 0;
    for (std::size_t column = 0; column < columns; ++column) sum += in[row * columns + column];
    out[row] = sum;
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "one chain of additions per row");
