// Counts by two passes over blocks that fit the first cache.
#include <algorithm>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const std::uint8_t* values = launch.input<std::uint8_t>(0);
  std::int32_t* counts = launch.output<std::int32_t>(0);
  std::fill(counts, counts + 256, 0);
  for (std::size_t block = 0; block < (1 << 20); block += 16 << 10)
    corpus::count(values, block, block + (16 << 10), counts);
}

}  // namespace

AISP_IMPLEMENTATION(run, "counts by two passes over blocks that fit the first cache");
