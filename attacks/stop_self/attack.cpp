// Sends SIGSTOP to itself inside a call: a judge that waits for DONE without a limit, or takes the
// stop for its own, waits for ever or reads too early.
#include <signal.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  if (++calls == 3) raise(SIGSTOP);
  job.compute(0, calls >= 3 ? job.n / 2 : job.n);
  if (calls >= 3) raise(SIGSTOP);
  job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "stops itself");
