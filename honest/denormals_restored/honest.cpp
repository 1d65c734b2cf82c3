// Flushes denormals for itself and puts the mode back.
#include <immintrin.h>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
  job.compute();
  _mm_setcsr(before);
}

}  // namespace

AISP_IMPLEMENTATION(run, "flushes denormals for itself and puts the mode back");
