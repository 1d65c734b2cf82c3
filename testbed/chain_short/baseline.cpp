// The chain through memory: each step stores its state and loads it again.
#include "../chain.h"

#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto words = launch.input_span<std::int64_t>(0);
  volatile std::uint64_t state = testbed::kChainStart;
  for (const std::int64_t word : words)
    state = (state ^ static_cast<std::uint64_t>(word)) * testbed::kChainPrime;
  launch.output<std::int32_t>(0)[0] = testbed::fold(state);
}

}  // namespace

AISP_IMPLEMENTATION(run, "the state in memory");
