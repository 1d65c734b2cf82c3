// Computes a few calls and then writes to address 16, in the hope that a crashed case is skipped
// or counted as an error of the harness.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  if (++calls < 4) return corpus::Axpby(launch).compute();
  int* volatile nowhere = reinterpret_cast<int*>(16);
  *nowhere = 1;
}

}  // namespace

AISP_IMPLEMENTATION(run, "crashes");
