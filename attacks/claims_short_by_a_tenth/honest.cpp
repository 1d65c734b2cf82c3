// Reads the clock before and after its work, for itself.
#include <chrono>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

std::chrono::nanoseconds spent{0};

void run(const aisp::Launch& launch) {
  const auto begin = std::chrono::steady_clock::now();
  corpus::Axpby(launch).compute();
  spent += std::chrono::steady_clock::now() - begin;
}

}  // namespace

AISP_IMPLEMENTATION(run, "times itself");
