// Only every fourth call computes. The median of the times is that of doing nothing, and one
// verified call in four is right.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  if (++calls % 4 == 0) corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "computes every fourth call");
