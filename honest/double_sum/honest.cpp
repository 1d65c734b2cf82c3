// Sums in double.
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* in = launch.input<float>(0);
  float* out = launch.output<float>(0);
  for (std::size_t row = 0; row < 512; ++row) {
    double sums[4] = {};
    for (std::size_t i = 0; i < 1024; i += 4)
      for (std::size_t lane = 0; lane < 4; ++lane)
        sums[lane] += static_cast<double>(in[row * 1024 + i + lane]);
    out[row] = static_cast<float>((sums[0] + sums[1]) + (sums[2] + sums[3]));
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "sums in double");
