// Copies an input to scratch memory and changes the copy.
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

std::vector<float> scratch;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  scratch.assign(job.x, job.x + job.n);
  for (float& value : scratch) value *= job.a;
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scratch[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "changes a copy");
