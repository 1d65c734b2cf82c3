// Four tables, eight values per load: neighbours never touch the same counter.
#include <cstring>

#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto values = launch.input_span<std::uint8_t>(0);
  const auto counts = launch.output_span<std::int32_t>(0);
  std::int32_t table[4][256] = {};
  std::size_t i = 0;
  for (; i + 8 <= values.size(); i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, values.data() + i, sizeof eight);
    for (unsigned byte = 0; byte < 8; ++byte) ++table[byte % 4][eight >> (8 * byte) & 255];
  }
  for (; i < values.size(); ++i) ++table[0][values[i]];
  for (std::size_t bin = 0; bin < counts.size(); ++bin)
    counts[bin] = table[0][bin] + table[1][bin] + table[2][bin] + table[3][bin];
}

}  // namespace

AISP_IMPLEMENTATION(run, "four tables, eight values per load");
