// Computes everything but the last 1 % of the output: a check of the first values, of a sample or
// of a mean does not notice.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.compute(0, job.n - job.n / 100);
}

}  // namespace

AISP_IMPLEMENTATION(run, "99 % of the output");
