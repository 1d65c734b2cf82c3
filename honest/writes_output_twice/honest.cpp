// Fills its output first and adds to it then, back to front.
#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  for (std::size_t i = job.n; i-- > 0;) job.out[i] = job.a * job.x[i];
  for (std::size_t i = job.n; i-- > 0;) job.out[i] += job.b * job.y[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "fills its output first and adds to it then");
