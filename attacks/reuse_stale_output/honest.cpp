// Compares its result with what the output held, and counts the changes.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

std::size_t changed = 0;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; ++i) {
    const float value = job.a * job.x[i] + job.b * job.y[i];
    changed += job.out[i] != value ? 1 : 0;
    job.out[i] = value;
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "counts what it changes");
