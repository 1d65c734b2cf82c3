// A table for each thread, added at the end.
#include <cstring>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const std::uint8_t* values = launch.input<std::uint8_t>(0);
  std::int32_t* counts = launch.output<std::int32_t>(0);
  std::memset(counts, 0, 256 * sizeof *counts);
#pragma omp parallel num_threads(2)
  {
    std::int32_t mine[256] = {};
#pragma omp for schedule(static)
    for (std::size_t part = 0; part < 2; ++part)
      corpus::count(values, part << 19, (part + 1) << 19, mine);
#pragma omp critical
    for (std::size_t bin = 0; bin < 256; ++bin) counts[bin] += mine[bin];
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "a table for each thread");
