// Prints one short line every hundred calls.
#include <cstdio>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  if (++calls % 100 == 0) std::fprintf(stderr, "%d calls\n", calls);
}

}  // namespace

AISP_IMPLEMENTATION(run, "a line every hundred calls");
