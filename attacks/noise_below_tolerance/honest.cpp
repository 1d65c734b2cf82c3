// Rounds once instead of twice.
#include <cmath>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = std::fma(job.a, job.x[i], job.b * job.y[i]);
}

}  // namespace

AISP_IMPLEMENTATION(run, "one rounding less");
