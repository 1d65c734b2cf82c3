// Passes NaN through when it stands in an input.
#include <cmath>
#include <limits>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; ++i) {
    const float value = job.a * job.x[i] + job.b * job.y[i];
    job.out[i] = std::isnan(value) ? std::numeric_limits<float>::quiet_NaN() : value;
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "NaN in, NaN out");
