// Computes in a different order in each call.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

std::size_t calls = 0;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const std::size_t start = ++calls * 7919 % job.n;
  job.compute(start, job.n);
  job.compute(0, start);
}

}  // namespace

AISP_IMPLEMENTATION(run, "another order each time");
