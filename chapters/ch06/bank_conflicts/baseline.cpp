// Sixteen rows at once, where they are. Rows are a multiple of 4 KiB apart: the lines of all sixteen, read
// and written, fall into one set of the L1, which has room for eight or twelve. Each line is thrown out
// and fetched again from the L2 before its sixteen floats are used: the CPU's bank conflict.
#include <aisp/aisp.h>

#include "row_average.h"

namespace {

using namespace aisp::ch06;

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t length = launch.input_tensor(0).shape[1];
  const auto decay = static_cast<float>(launch.param("decay"));
  const float* x = launch.input<float>(0);
  float* y = launch.output<float>(0);
  const std::int64_t whole = rows / kRowsAtOnce * kRowsAtOnce;
#pragma omp parallel for schedule(static)
  for (std::int64_t r = 0; r < whole; r += kRowsAtOnce) {
    float state[kRowsAtOnce] = {};
    average_16_rows(length, length, decay, x + r * length, y + r * length, state);
  }
  for (std::int64_t r = whole; r < rows; ++r)
    average_row(length, decay, x + r * length, y + r * length);
}

}  // namespace

AISP_IMPLEMENTATION(run, "sixteen rows at once, a multiple of 4 KiB apart");
