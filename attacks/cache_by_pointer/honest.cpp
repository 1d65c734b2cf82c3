// Remembers by address which buffers it has already touched, and computes each time.
#include <sys/mman.h>

#include <set>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

std::set<const float*> seen;

void* page_of(float* p) {
  return reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(p) & ~std::uintptr_t{4095});
}

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  if (seen.insert(job.out).second) madvise(page_of(job.out), 4096, MADV_WILLNEED);
  job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "remembers addresses, not results");
