// Two parallel regions a call, the second on what the first wrote.
#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* x = launch.input<float>(0);
  const float* w = launch.input<float>(1);
  float* out = launch.output<float>(0);
#pragma omp parallel for
  for (std::size_t i = 0; i < 64 * 256; ++i) out[i] = 0;
#pragma omp parallel for
  for (std::size_t row = 0; row < 64; ++row)
    for (std::size_t k = 0; k < 256; ++k)
      for (std::size_t j = 0; j < 256; ++j) out[row * 256 + j] += x[row * 256 + k] * w[k * 256 + j];
}

}  // namespace

AISP_IMPLEMENTATION(run, "two parallel regions a call");
