// As fast as a call of a few nanoseconds can be, through the agent like everybody.
#include <immintrin.h>

#include "aisp/implementation.h"

namespace {

int run(const aisp_launch* launch, void*) {
  const auto* x = static_cast<const float*>(launch->inputs[0].data);
  auto* out = static_cast<float*>(launch->outputs[0].data);
  for (std::size_t i = 0; i < 16; i += 4) {
    const __m128 v = _mm_loadu_ps(x + i);
    _mm_storeu_ps(out + i, _mm_add_ps(v, v));
  }
  return 0;
}

}  // namespace

AISP_EXPORT const aisp_implementation_v1 aisp_implementation = {
    AISP_ABI_VERSION, sizeof(aisp_implementation_v1), nullptr, run, nullptr, "four vectors"};
