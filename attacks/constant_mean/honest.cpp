// Starts its counters at zero and adds block by block.
#include <algorithm>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto counts = launch.output_span<std::int32_t>(0);
  const std::size_t n = launch.input_tensor(0).elements;
  std::fill(counts.begin(), counts.end(), 0);
  for (std::size_t i = 0; i < n; i += n / 16)
    corpus::count(launch.input<std::uint8_t>(0), i, i + n / 16, counts.data());
}

}  // namespace

AISP_IMPLEMENTATION(run, "block by block");
