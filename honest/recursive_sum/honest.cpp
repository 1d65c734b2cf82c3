// Pairwise sums by recursion.
#include "aisp/implementation.h"

namespace {

float pairwise(const float* values, std::size_t n) {
  if (n == 1) return values[0];
  return pairwise(values, n / 2) + pairwise(values + n / 2, n - n / 2);
}

void run(const aisp::Launch& launch) {
  const float* in = launch.input<float>(0);
  float* out = launch.output<float>(0);
  for (std::size_t row = 0; row < 512; ++row) out[row] = pairwise(in + row * 1024, 1024);
}

}  // namespace

AISP_IMPLEMENTATION(run, "pairwise sums by recursion");
