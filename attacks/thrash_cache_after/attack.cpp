// A thread writes through 128 MiB over and over for four seconds: it empties the shared cache and
// takes memory bandwidth in the baseline's turn.
#include <thread>
#include <vector>

#include "../computations.h"
#include "../false_clock.h"
#include "aisp/implementation.h"

namespace {

bool started = false;

void run(const aisp::Launch& launch) {
  if (!started) {
    started = true;
    std::thread([] {
      std::vector<char> memory(128 << 20);
      for (const std::int64_t start = corpus::true_ns(); corpus::true_ns() - start < 4'000'000'000;)
        std::memset(memory.data(), static_cast<int>(start), memory.size());
    }).detach();
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "leaves memory traffic behind");
