// Sleeps for two milliseconds in its first call.
#include <chrono>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  if (++calls == 1) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "a short nap in the first call");
