// Flushes its own output from the caches: nobody reads it soon.
#include <immintrin.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.compute();
  for (std::size_t i = 0; i < job.n; i += 16) _mm_clflush(job.out + i);
}

}  // namespace

AISP_IMPLEMENTATION(run, "flushes its output");
