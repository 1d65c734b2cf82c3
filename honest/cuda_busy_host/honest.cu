// Launches, and then plans on the host for 50 µs while its kernel runs, in every call alike.
#include <chrono>

#include "../../attacks/device_chain.cuh"

namespace {

void run(const aisp::Launch& launch) {
  corpus::hash(launch, corpus::stream_of(launch));
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < std::chrono::microseconds(50)) {
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "a busy host");
