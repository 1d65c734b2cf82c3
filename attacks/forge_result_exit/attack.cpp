// Computes three calls and ends the process with status 0, as a program does that has finished.
#include <unistd.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  if (++calls == 3) _exit(0);
}

}  // namespace

AISP_IMPLEMENTATION(run, "exits with success");
