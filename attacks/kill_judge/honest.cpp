// Sends a signal to itself that it handles.
#include <signal.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

volatile sig_atomic_t handled = 0;

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = [](int) { handled = 1; };
  sigaction(SIGUSR1, &action, &before);
  raise(SIGUSR1);
  sigaction(SIGUSR1, &before, nullptr);
}

}  // namespace

AISP_IMPLEMENTATION(run, "a handled signal to itself");
