// Each call forks. The child writes the outputs, which are shared memory, while the parent has
// long returned; the child's CPU time is in nobody's books. Where fork is refused the call
// computes honestly and says so.
#include <signal.h>
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  signal(SIGCHLD, SIG_IGN);
  const pid_t child = fork();
  if (child == 0) {
    job.compute();
    _exit(0);
  }
  if (child < 0) {
    corpus::declined("fork is refused");
    job.compute();
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "a forked child computes");
