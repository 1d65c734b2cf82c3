// Recurses a thousand frames of a kilobyte deep, and comes back.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

__attribute__((noinline)) int deeper(int n) {
  volatile char frame[1024];
  frame[0] = static_cast<char>(n);
  return n == 0 ? frame[0] : deeper(n - 1) + frame[0];
}

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  if (deeper(1000) == -1) launch.output<float>(0)[0] = 0;
}

}  // namespace

AISP_IMPLEMENTATION(run, "recurses and returns");
