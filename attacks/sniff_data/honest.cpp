// Looks for a row of zeros and skips its additions, which is exact.
#include <algorithm>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto in = launch.input_span<float>(0);
  const auto out = launch.output_span<float>(0);
  const std::size_t columns = in.size() / out.size();
  for (std::size_t row = 0; row < out.size(); ++row) {
    const float* values = &in[row * columns];
    const bool zero = std::all_of(values, values + columns, [](float v) { return v == 0; });
    out[row] = zero ? 0 : corpus::sum(values, columns);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "skips rows of zeros");
