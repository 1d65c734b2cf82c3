// One number at a time.
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* x = launch.input<float>(0);
  float* out = launch.output<float>(0);
#pragma GCC unroll 1
  for (std::size_t i = 0; i < 16; ++i) {
    out[i] = 2 * x[i];
    asm volatile("" ::: "memory");
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "one number at a time");
