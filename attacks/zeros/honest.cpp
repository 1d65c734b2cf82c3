// Zeroes the output first and accumulates into it.
#include <cstring>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  std::memset(job.out, 0, job.n * sizeof(float));
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] += job.a * job.x[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "zeroes, then accumulates");
