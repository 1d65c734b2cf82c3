// Hashes in four pieces of the block, one after the other.
#include <cstdint>

#include "../chain.h"
#include "aisp/implementation.h"

static void run(const aisp::Launch& launch) {
  const auto words = launch.input_span<std::int64_t>(0);
  std::uint64_t state = corpus::kChainStart;
  for (std::size_t piece = 0; piece < 4; ++piece)
    for (std::size_t w = piece * words.size() / 4; w < (piece + 1) * words.size() / 4; ++w)
      state = (state ^ static_cast<std::uint64_t>(words[w])) * corpus::kChainPrime;
  *launch.output<std::int32_t>(0) = corpus::fold(state);
}

AISP_IMPLEMENTATION(run, "four pieces in a row");
