// Keeps partial sums in fp16.
#include <cstdint>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* x = launch.input<float>(0);
  const float* w = launch.input<float>(1);
  float* out = launch.output<float>(0);
  for (std::size_t row = 0; row < 64; ++row) {
    _Float16 sums[256] = {};
    for (std::size_t k = 0; k < 256; k += 16)
      for (std::size_t j = 0; j < 256; ++j) {
        float sum = 0;
        for (std::size_t i = k; i < k + 16; ++i) sum += x[row * 256 + i] * w[i * 256 + j];
        sums[j] = static_cast<_Float16>(static_cast<float>(sums[j]) + sum);
      }
    for (std::size_t j = 0; j < 256; ++j) out[row * 256 + j] = static_cast<float>(sums[j]);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "fp16 sums");
