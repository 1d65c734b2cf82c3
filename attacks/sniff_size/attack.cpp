// Exact for every number of elements but 65536, where it computes a quarter: whoever verifies at a
// smaller size to save time sees nothing.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.compute(0, job.n == 65536 ? job.n / 4 : job.n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "cheap at 64Ki elements");
