// Alternates between two variants, both right, and never settles.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  if (++calls % 2 == 0) return job.compute();
  for (std::size_t i = job.n; i-- > 0;) job.out[i] = job.a * job.x[i] + job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "alternates two right variants");
