// Writes elements / 256 into every bin: the mean is exact, the sum is exact, and each bin is off
// by about 1.5 %.
#include <algorithm>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto counts = launch.output_span<std::int32_t>(0);
  std::fill(counts.begin(), counts.end(),
            static_cast<std::int32_t>(launch.input_tensor(0).elements / counts.size()));
}

}  // namespace

AISP_IMPLEMENTATION(run, "the mean");
