// The same sixteen rows at once, in a tile of 16 x 128 whose rows are padded by one cache line: its lines
// are spread over all sets of the L1. Copying rows into it and out of it goes along whole lines.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstring>

#include "row_average.h"

namespace {

using namespace aisp::ch06;

constexpr std::int64_t kColumns = 128;
constexpr std::int64_t kStride = kColumns + 16;

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t length = launch.input_tensor(0).shape[1];
  const auto decay = static_cast<float>(launch.param("decay"));
  const float* x = launch.input<float>(0);
  float* y = launch.output<float>(0);
  const std::int64_t whole = rows / kRowsAtOnce * kRowsAtOnce;
#pragma omp parallel for schedule(static)
  for (std::int64_t r = 0; r < whole; r += kRowsAtOnce) {
    alignas(64) float tile[kRowsAtOnce * kStride];
    float state[kRowsAtOnce] = {};
    for (std::int64_t j = 0; j < length; j += kColumns) {
      const std::int64_t columns = std::min(kColumns, length - j);
      const auto bytes = static_cast<std::size_t>(columns) * sizeof(float);
      for (std::int64_t l = 0; l < kRowsAtOnce; ++l)
        std::memcpy(tile + l * kStride, x + (r + l) * length + j, bytes);
      average_16_rows(columns, kStride, decay, tile, tile, state);
      for (std::int64_t l = 0; l < kRowsAtOnce; ++l)
        std::memcpy(y + (r + l) * length + j, tile + l * kStride, bytes);
    }
  }
  for (std::int64_t r = whole; r < rows; ++r)
    average_row(length, decay, x + r * length, y + r * length);
}

}  // namespace

AISP_IMPLEMENTATION(run, "sixteen rows at once, in a tile with padded rows");
