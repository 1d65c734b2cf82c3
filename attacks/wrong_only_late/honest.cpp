// Computes in two parts.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.compute(4711, job.n);
  job.compute(0, 4711);
}

}  // namespace

AISP_IMPLEMENTATION(run, "two parts");
