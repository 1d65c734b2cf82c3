// Blocks signals while it computes and restores the mask before it returns.
#include <signal.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  corpus::Axpby(launch).compute();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

AISP_IMPLEMENTATION(run, "signals blocked inside the call");
