// Clears scratch that is clear already.
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const std::vector<float> zeros(1024);
  const corpus::Axpby job(launch);
  job.compute();
  job.out[0] += zeros[512];
}

}  // namespace

AISP_IMPLEMENTATION(run, "adds a zero");
