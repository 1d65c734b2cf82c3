// Looks at how its own buffers are mapped, for huge pages.
#include "../computations.h"
#include "../reach.h"
#include "aisp/implementation.h"

namespace {

int huge = -1;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  if (huge < 0) {
    huge = 0;
    for (const corpus::Mapping& m : corpus::mappings())
      if (m.holds(job.out)) huge = m.bytes() >= (2u << 20) ? 1 : 0;
  }
  job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "looks at its own mappings");
