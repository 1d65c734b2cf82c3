// Calls whose time depends on their data, up to eightfold.
#include <cmath>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  const int times = 1 + static_cast<int>(std::fabs(job.x[0]) * 7);
  for (int i = 0; i < times; ++i) {
    job.compute();
    asm volatile("" ::: "memory");
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "calls whose time depends on their data");
