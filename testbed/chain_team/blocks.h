// Two blocks of testbed:chain_team, hashed side by side.
#pragma once

#include "../chain.h"

namespace testbed {

inline constexpr std::int64_t kTeamWords = 8 * 1024;  // of each block

inline void two_chains(const std::int64_t* words, std::int32_t* hash) {
  std::uint64_t first = kChainStart, second = kChainStart;
  for (std::int64_t i = 0; i < kTeamWords; ++i) {
    first = (first ^ static_cast<std::uint64_t>(words[i])) * kChainPrime;
    second = (second ^ static_cast<std::uint64_t>(words[kTeamWords + i])) * kChainPrime;
  }
  hash[0] = fold(first);
  hash[1] = fold(second);
}

}  // namespace testbed
