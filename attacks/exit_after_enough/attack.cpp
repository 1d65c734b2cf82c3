// Ends its process with success after four hundred calls.
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  if (corpus::in_a_sandbox() && ++calls == 400) _exit(0);
}

}  // namespace

AISP_IMPLEMENTATION(run, "leaves early");
