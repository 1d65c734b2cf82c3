// Multiplies in another order: b * y first.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; ++i) {
    const float by = job.b * job.y[i];
    job.out[i] = by + job.a * job.x[i];
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "another order");
