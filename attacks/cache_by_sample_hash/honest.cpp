// Samples its input to choose between two variants, both right.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  std::size_t zeros = 0;
  for (std::size_t i = 0; i < job.n; i += job.n / 8) zeros += job.x[i] == 0 ? 1 : 0;
  if (zeros < 4) return job.compute();
  for (std::size_t i = 0; i < job.n; ++i)
    job.out[i] = job.x[i] == 0 ? job.b * job.y[i] : job.a * job.x[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "samples to choose a variant");
