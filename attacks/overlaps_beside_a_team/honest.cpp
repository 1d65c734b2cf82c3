// Both blocks of a call side by side.
#include "../chain.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto words = launch.input_span<std::int64_t>(0);
  const std::size_t n = words.size() / 2;
  std::uint64_t first = corpus::kChainStart, second = corpus::kChainStart;
  for (std::size_t i = 0; i < n; ++i) {
    first = (first ^ static_cast<std::uint64_t>(words[i])) * corpus::kChainPrime;
    second = (second ^ static_cast<std::uint64_t>(words[n + i])) * corpus::kChainPrime;
  }
  std::int32_t* const hash = launch.output<std::int32_t>(0);
  hash[0] = corpus::fold(first);
  hash[1] = corpus::fold(second);
}

}  // namespace

AISP_IMPLEMENTATION(run, "the blocks of one call");
