// Four vectors of four numbers.
#include <immintrin.h>

#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* x = launch.input<float>(0);
  float* out = launch.output<float>(0);
  for (std::size_t i = 0; i < 16; i += 4) {
    const __m128 v = _mm_loadu_ps(x + i);
    _mm_storeu_ps(out + i, _mm_add_ps(v, v));
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "four vectors");
