// One chain, eight words ahead in the code.
#include "../chain.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto words = launch.input_span<std::int64_t>(0);
  std::uint64_t state = corpus::kChainStart;
#pragma GCC unroll 8
  for (const std::int64_t word : words)
    state = (state ^ static_cast<std::uint64_t>(word)) * corpus::kChainPrime;
  launch.output<std::int32_t>(0)[0] = corpus::fold(state);
}

}  // namespace

AISP_IMPLEMENTATION(run, "an unrolled chain");
