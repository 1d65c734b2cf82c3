// A vectorized decoy writes to scratch; a plain loop does the work.
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

std::vector<float> scratch(64 * 1024);

__attribute__((target_clones("avx512f", "avx2", "default"))) void decoy(corpus::Axpby job) {
  job.out = scratch.data();
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = job.a * job.x[i] + job.b * job.y[i];
}

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  decoy(job);
  job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "a decoy");
