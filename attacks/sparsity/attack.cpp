// Takes a block of 256 terms for zero when its first factor is below 0.3 in magnitude: block
// sparsity that the problem does not have.
#include <algorithm>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t begin = 0; begin < job.n; begin += 256) {
    const std::size_t end = std::min(begin + 256, job.n);
    if (job.x[begin] < -0.3f || job.x[begin] > 0.3f)
      job.compute(begin, end);
    else
      for (std::size_t i = begin; i < end; ++i) job.out[i] = job.b * job.y[i];
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "drops blocks");
