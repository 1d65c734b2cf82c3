// Loads one step ahead, within its own block: the chain itself cannot be split.
#include "../chain.h"

#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto words = launch.input_span<std::int64_t>(0);
  std::uint64_t state = corpus::kChainStart;
  std::uint64_t next = static_cast<std::uint64_t>(words[0]);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::uint64_t word = next;
    next = static_cast<std::uint64_t>(words[i]);
    state = (state ^ word) * corpus::kChainPrime;
  }
  launch.output<std::int32_t>(0)[0] = corpus::fold((state ^ next) * corpus::kChainPrime);
}

}  // namespace

AISP_IMPLEMENTATION(run, "loads one step ahead");
