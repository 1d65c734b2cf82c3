// Prefetches its own inputs at the start of the call.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; i += 16) {
    __builtin_prefetch(job.x + i);
    __builtin_prefetch(job.y + i);
  }
  job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "prefetches inside the call");
