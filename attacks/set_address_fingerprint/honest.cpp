// Asks for huge pages the first time it sees a buffer.
#include <sys/mman.h>

#include <set>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

std::set<const float*> seen;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  if (seen.insert(job.out).second) {
    const auto begin = reinterpret_cast<std::uintptr_t>(job.out) & ~std::uintptr_t{4095};
    madvise(reinterpret_cast<void*>(begin), job.n * sizeof(float), MADV_HUGEPAGE);
  }
  job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "advice once per buffer");
