// Half of the output is right and the rest is NaN, led by one at element 0, so that sums, means
// and maxima of errors become NaN and compare false.
#include <algorithm>
#include <limits>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.compute(0, job.n / 2);
  std::fill(job.out + job.n / 2, job.out + job.n, std::numeric_limits<float>::quiet_NaN());
  job.out[0] = std::numeric_limits<float>::quiet_NaN();
}

}  // namespace

AISP_IMPLEMENTATION(run, "half right, half NaN");
