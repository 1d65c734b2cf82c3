// Copies its first input and computes in place.
#include <algorithm>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  std::copy(job.x, job.x + job.n, job.out);
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = job.a * job.out[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "copies and computes in place");
