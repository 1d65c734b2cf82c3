// Threads add to shared counters with atomics.
#include <algorithm>
#include <atomic>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto values = launch.input_span<std::uint8_t>(0);
  const auto counts = launch.output_span<std::int32_t>(0);
  std::fill(counts.begin(), counts.end(), 0);
  const auto add = [&](std::size_t begin, std::size_t end) {
    std::int32_t own[256] = {};
    corpus::count(values.data(), begin, end, own);
    for (std::size_t bin = 0; bin < 256; ++bin)
      std::atomic_ref<std::int32_t>(counts[bin]).fetch_add(own[bin]);
  };
  std::thread second(add, values.size() / 2, values.size());
  add(0, values.size() / 2);
  second.join();
}

}  // namespace

AISP_IMPLEMENTATION(run, "atomic counters");
