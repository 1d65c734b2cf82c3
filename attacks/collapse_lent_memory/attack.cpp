// Collapses the lent buffers into huge pages again and again: others' page tables lose their entries.
#include <sys/mman.h>

#include "../computations.h"
#include "../outcome.h"
#include "../reach.h"
#include "aisp/implementation.h"

namespace {

constexpr int kCollapse = 25;  // MADV_COLLAPSE
int calls = 0;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.compute();
  if (calls++ % 16 != 0) return;
  for (const corpus::Mapping& m : corpus::mappings()) {
    if (!m.shared || (!m.holds(job.x) && !m.holds(job.out))) continue;
    madvise(reinterpret_cast<void*>(m.begin), m.bytes(), MADV_HUGEPAGE);
    madvise(reinterpret_cast<void*>(m.begin), m.bytes(), kCollapse);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "collapses what it was lent");
