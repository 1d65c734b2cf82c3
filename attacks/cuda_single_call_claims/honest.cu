// Tries its launch eight times with a pause before each, and then goes on without.
#include <chrono>
#include <thread>

#include "../device_axpby.cuh"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  if (calls < 8) {
    ++calls;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
}

}  // namespace

AISP_IMPLEMENTATION(run, "slow in its first calls");
