// Forks up to 2000 children that sleep for three seconds and end. It says so when more than 300
// were to be had.
#include <signal.h>
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    int children = 0;
    signal(SIGCHLD, SIG_IGN);
    while (corpus::alone_in_a_pid_namespace() && children < 2000) {
      const pid_t child = fork();
      if (child < 0) break;
      if (child == 0) {
        sleep(3);
        _exit(0);
      }
      ++children;
    }
    if (children > 300) corpus::succeeded("hundreds of processes were to be had");
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "forks without end");
