// A thread of its own that naps within the call, and is joined.
#include <chrono>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  std::thread nap([] { std::this_thread::sleep_for(std::chrono::microseconds(20)); });
  corpus::Axpby(launch).compute();
  nap.join();
}

}  // namespace

AISP_IMPLEMENTATION(run, "a nap in a thread");
