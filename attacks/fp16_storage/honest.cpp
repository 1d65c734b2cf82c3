// Keeps partial sums in double.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* x = launch.input<float>(0);
  const float* w = launch.input<float>(1);
  float* out = launch.output<float>(0);
  for (std::size_t row = 0; row < 64; ++row) {
    double sums[256] = {};
    for (std::size_t k = 0; k < 256; ++k)
      for (std::size_t j = 0; j < 256; ++j)
        sums[j] += static_cast<double>(x[row * 256 + k] * w[k * 256 + j]);
    for (std::size_t j = 0; j < 256; ++j) out[row * 256 + j] = static_cast<float>(sums[j]);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "double sums");
