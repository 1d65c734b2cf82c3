// Two threads increment the same counters with plain loads and stores. Most increments survive.
#include <algorithm>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto values = launch.input_span<std::uint8_t>(0);
  const auto counts = launch.output_span<std::int32_t>(0);
  std::fill(counts.begin(), counts.end(), 0);
  volatile std::int32_t* bins = counts.data();
  const auto add = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::int32_t old = bins[values[i]];
      // Now and then between load and store, so that increments are lost on a single CPU as well.
      if (i % 16384 == 0) std::this_thread::yield();
      bins[values[i]] = old + 1;
    }
  };
  std::thread second(add, values.size() / 2, values.size());
  add(0, values.size() / 2);
  second.join();
}

}  // namespace

AISP_IMPLEMENTATION(run, "unsynchronised counters");
