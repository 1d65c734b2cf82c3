// Keeps its scratch memory on the stack.
#include <cstring>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  float scratch[8];
  std::memcpy(scratch, job.x, sizeof scratch);
  job.compute(8, job.n);
  for (int i = 0; i < 8; ++i) job.out[i] = job.a * scratch[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "scratch memory on the stack");
