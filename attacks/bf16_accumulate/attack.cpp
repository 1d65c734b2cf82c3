// Adds groups of 64 values in fp32 and keeps the running sum in bf16, as a kernel with half-
// precision accumulators does.
#include <bit>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto out = launch.output_span<float>(0);
  const std::size_t columns = launch.input_tensor(0).elements / out.size();
  for (std::size_t row = 0; row < out.size(); ++row) {
    float total = 0;
    for (std::size_t i = 0; i < columns; i += 64) {
      total += corpus::sum(launch.input<float>(0) + row * columns + i, 64);
      total = std::bit_cast<float>(std::bit_cast<std::uint32_t>(total) & 0xffff0000u);
    }
    out[row] = total;
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "bf16 sums");
