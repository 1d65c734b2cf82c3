// Compensated sums: more exact than the baseline.
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* in = launch.input<float>(0);
  float* out = launch.output<float>(0);
  for (std::size_t row = 0; row < 512; ++row) {
    float sum = 0, lost = 0;
    for (std::size_t i = 0; i < 1024; ++i) {
      const float term = in[row * 1024 + i] - lost;
      const float next = sum + term;
      lost = next - sum - term;
      sum = next;
    }
    out[row] = sum;
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "compensated sums");
