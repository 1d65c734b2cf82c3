// Counts its bytes in two halves.
#include <cstring>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto* values = launch.input<std::uint8_t>(0);
  auto* counts = launch.output<std::int32_t>(0);
  std::memset(counts, 0, 256 * sizeof *counts);
  corpus::count(values, 0, 1 << 19, counts);
  corpus::count(values, 1 << 19, 1 << 20, counts);
}

}  // namespace

AISP_IMPLEMENTATION(run, "two halves");
