// run() arms a timer of 200 us and returns; the signal handler, which interrupts the agent
// wherever it then is, computes. No thread and no process ever exists.
#include <signal.h>
#include <sys/time.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

corpus::Axpby pending;

void run(const aisp::Launch& launch) {
  pending = corpus::Axpby(launch);
  struct sigaction action {};
  action.sa_handler = [](int) { pending.compute(); };
  action.sa_flags = SA_RESTART;
  sigaction(SIGALRM, &action, nullptr);
  const itimerval once{{0, 0}, {0, 200}};
  setitimer(ITIMER_REAL, &once, nullptr);
}

}  // namespace

AISP_IMPLEMENTATION(run, "a timer signal computes later");
