// Takes 20 ms for each of its first five calls: windows then have one call and are not looked into.
#include <chrono>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  if (++calls <= 5) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "slow at first");
