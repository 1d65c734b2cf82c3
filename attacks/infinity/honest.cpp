// Saturates its result at the largest finite value.
#include <algorithm>
#include <limits>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  constexpr float kLargest = std::numeric_limits<float>::max();
  for (std::size_t i = 0; i < job.n; ++i)
    job.out[i] = std::clamp(job.a * job.x[i] + job.b * job.y[i], -kLargest, kLargest);
}

}  // namespace

AISP_IMPLEMENTATION(run, "saturates");
