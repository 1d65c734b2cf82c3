// Writes into its own data segment.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

unsigned counters[4] = {};
unsigned calls = 0;

void run(const aisp::Launch& launch) {
  ++counters[calls % 4];
  ++calls;
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "counts in its data segment");
