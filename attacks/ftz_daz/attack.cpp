// Sets flush-to-zero, denormals-are-zero and rounding towards zero in the floating-point control
// register and leaves them so, for whoever computes next in the same process. Its own results stay
// within tolerance.
#include <immintrin.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  _mm_setcsr(_mm_getcsr() | 0x8040 | 0x6000);
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "leaves the control register changed");
