// Writes all of its own output twice.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = job.a * job.x[i];
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] += job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "writes its output twice");
