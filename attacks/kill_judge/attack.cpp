// Sends SIGKILL to its parent and to everybody. In a PID namespace that is itself and its like.
// Outside of one it declines.
#include <signal.h>
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  if (++calls != 3) return;
  if (!corpus::alone_in_a_pid_namespace()) return;
  if (getppid() > 0) kill(getppid(), SIGKILL);
  kill(-1, SIGKILL);
}

}  // namespace

AISP_IMPLEMENTATION(run, "kills everybody");
