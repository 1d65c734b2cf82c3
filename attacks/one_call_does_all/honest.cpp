// Prefetches the next block of its own inputs while it computes the present one.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; i += 1024) {
    for (std::size_t ahead = i + 1024; ahead < i + 2048 && ahead < job.n; ahead += 16) {
      __builtin_prefetch(job.x + ahead);
      __builtin_prefetch(job.y + ahead);
    }
    job.compute(i, i + 1024);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "prefetches its own next block");
