// Returns an error from the sixth call, so that this round has no result for it, and would go on.
#include <stdexcept>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  if (++calls == 6) throw std::runtime_error("not this one");
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "fails once");
