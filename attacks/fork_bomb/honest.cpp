// Starts one thread per CPU once and keeps them.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
#pragma omp parallel for schedule(static) num_threads(2)
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = job.a * job.x[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "two threads, kept");
