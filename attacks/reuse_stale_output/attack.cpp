// Checks a few elements of the output first and returns when they are right already: with recycled
// buffers that hold the reference's or an earlier answer the call costs nothing. With poisoned
// outputs it never fires.
#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; i += job.n / 16) {
    const float want = job.a * job.x[i] + job.b * job.y[i];
    if (!(job.out[i] >= want - 1e-5f && job.out[i] <= want + 1e-5f)) return job.compute();
  }
  corpus::succeeded("an output held the right answer before the call");
}

}  // namespace

AISP_IMPLEMENTATION(run, "returns when it looks done");
