// Is slow in its first calls, where it looks for the best way.
#include <ctime>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  if (++calls <= 2) {
    const timespec rest{0, 2'000'000};
    nanosleep(&rest, nullptr);
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "slow in its first calls");
