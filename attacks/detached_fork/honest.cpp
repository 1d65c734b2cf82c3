// An OpenMP team, whose threads sleep between calls.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = job.a * job.x[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "OpenMP team");
