// Computes twice when its first input is small.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.compute();
  if (job.x[0] > -0.8f) return;
  asm volatile("" ::: "memory");
  job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "sometimes computes twice");
