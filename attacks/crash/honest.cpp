// Touches the last element of its output first.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.out[job.n - 1] = 0;
  job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "last element first");
