// Counts its calls.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

long calls = 0;

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  ++calls;
}

}  // namespace

AISP_IMPLEMENTATION(run, "counts");
