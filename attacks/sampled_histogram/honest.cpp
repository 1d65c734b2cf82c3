// Counts four streams of bytes into four tables.
#include <algorithm>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto counts = launch.output_span<std::int32_t>(0);
  std::fill(counts.begin(), counts.end(), 0);
  corpus::count(launch.input<std::uint8_t>(0), 0, launch.input_tensor(0).elements, counts.data());
}

}  // namespace

AISP_IMPLEMENTATION(run, "four tables");
