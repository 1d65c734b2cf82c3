// Never writes a NaN, and clears the sign of zeros.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = job.a * job.x[i] + job.b * job.y[i] + 0.0f;
}

}  // namespace

AISP_IMPLEMENTATION(run, "no negative zeros");
