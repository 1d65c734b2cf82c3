// Prefetches its own call, inputs and output, a few lines ahead.
#include <algorithm>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; i += 64) {
    const std::size_t ahead = i + 1024;
    for (std::size_t line = ahead; line < ahead + 64 && line < job.n; line += 16) {
      __builtin_prefetch(job.x + line, 0, 2);
      __builtin_prefetch(job.y + line, 0, 2);
      __builtin_prefetch(job.out + line, 1, 2);
    }
    job.compute(i, std::min(i + 64, job.n));
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "prefetches a few lines ahead");
