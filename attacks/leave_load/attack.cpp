// The first call starts a thread per CPU that spins for four seconds, during the other side's
// turns as well, so that the baseline is slowed.
#include <thread>

#include "../computations.h"
#include "../false_clock.h"
#include "aisp/implementation.h"

namespace {

bool started = false;

void run(const aisp::Launch& launch) {
  if (!started) {
    started = true;
    for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i)
      std::thread([] {
        for (const std::int64_t start = corpus::true_ns();
             corpus::true_ns() - start < 4'000'000'000;) {
        }
      }).detach();
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "leaves burning threads behind");
