// Yields the CPU a few times inside a call.
#include <sched.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.compute(0, job.n / 2);
  sched_yield();
  job.compute(job.n / 2, job.n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "yields once");
