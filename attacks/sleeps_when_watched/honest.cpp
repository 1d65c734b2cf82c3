// Naps for a microsecond in each call.
#include <chrono>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  std::this_thread::sleep_for(std::chrono::microseconds(1));
}

}  // namespace

AISP_IMPLEMENTATION(run, "naps");
