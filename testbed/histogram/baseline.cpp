// One table in the output itself: equal neighbours wait for each other's store.
#include <algorithm>

#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto values = launch.input_span<std::uint8_t>(0);
  const auto counts = launch.output_span<std::int32_t>(0);
  std::fill(counts.begin(), counts.end(), 0);
  for (const std::uint8_t value : values) ++counts[value];
}

}  // namespace

AISP_IMPLEMENTATION(run, "one table");
