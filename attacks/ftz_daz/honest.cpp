// Sets flush-to-zero for its own loop and restores the register.
#include <immintrin.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
  corpus::Axpby(launch).compute();
  _mm_setcsr(before);
}

}  // namespace

AISP_IMPLEMENTATION(run, "restores the control register");
