// Adds even and odd elements apart and both together at the end.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto out = launch.output_span<float>(0);
  const std::size_t columns = launch.input_tensor(0).elements / out.size();
  for (std::size_t row = 0; row < out.size(); ++row) {
    const float* values = launch.input<float>(0) + row * columns;
    float even = 0;
    float odd = 0;
    for (std::size_t i = 0; i + 2 <= columns; i += 2) {
      even += values[i];
      odd += values[i + 1];
    }
    out[row] = even + odd;
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "even and odd apart");
