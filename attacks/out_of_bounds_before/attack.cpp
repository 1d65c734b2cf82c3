// The result is right, but the eight floats before the output are used as scratch memory.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  volatile float* scratch = job.out - 8;
  for (int i = 0; i < 8; ++i) scratch[i] = job.x[i];
  job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "scratch memory before the output");
