// Fills the output with NaN: a compare by |difference| > tolerance is false for each, and a
// maximum of errors stays at zero.
#include <algorithm>
#include <limits>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto out = launch.output_span<float>(0);
  std::fill(out.begin(), out.end(), std::numeric_limits<float>::quiet_NaN());
}

}  // namespace

AISP_IMPLEMENTATION(run, "NaN");
