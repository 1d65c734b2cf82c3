// Computes a few calls and then sleeps for twelve seconds and fails, in the hope that a case
// without a result is skipped.
#include <unistd.h>

#include <chrono>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  if (++calls < 4) return corpus::Axpby(launch).compute();
  std::this_thread::sleep_for(std::chrono::seconds(12));
  _exit(1);
}

}  // namespace

AISP_IMPLEMENTATION(run, "hangs");
