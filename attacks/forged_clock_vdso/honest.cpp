// Calibrates the time-stamp counter against the clock in setup.
#include <x86intrin.h>

#include <chrono>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t first = __rdtsc();
    while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(5)) {
    }
    ticks_per_5_ms_ = __rdtsc() - first;
  }
  void run(const aisp::Launch& launch) {
    const std::uint64_t start = __rdtsc();
    corpus::Axpby(launch).compute();
    slow_calls_ += __rdtsc() - start > ticks_per_5_ms_ ? 1 : 0;
  }

 private:
  std::uint64_t ticks_per_5_ms_ = 0;
  int slow_calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "calibrates the counter in setup");
