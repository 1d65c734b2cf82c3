// Squares into a temporary, then adds one on the way back.
#include <vector>

#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto y = launch.output_span<float>(0);
  std::vector<float> squares(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) squares[i] = y[i] * y[i];
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = squares[i] + 1;
}

}  // namespace

AISP_IMPLEMENTATION(run, "through a temporary that is allocated in each call");
