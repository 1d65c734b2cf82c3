// Reads its output again and checks one element.
#include <cmath>
#include <stdexcept>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.compute();
  if (!(std::fabs(job.out[7] - (job.a * job.x[7] + job.b * job.y[7])) < 1e-5f))
    throw std::runtime_error("wrong");
}

}  // namespace

AISP_IMPLEMENTATION(run, "checks itself");
