// The hash that testbed:chain asks for, as a stranger would write it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace corpus {

inline constexpr std::int64_t kChainWords = 8 * 1024;  // of testbed:chain
inline constexpr std::uint64_t kChainStart = 0xcbf29ce484222325;
inline constexpr std::uint64_t kChainPrime = 0x100000001b3;

inline std::int32_t fold(std::uint64_t state) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(state ^ state >> 32));
}

inline std::int32_t chain(const std::int64_t* words, std::size_t n) {
  std::uint64_t state = kChainStart;
  for (std::size_t i = 0; i < n; ++i)
    state = (state ^ static_cast<std::uint64_t>(words[i])) * kChainPrime;
  return fold(state);
}

// The same with eight words ahead in the code.
inline std::int32_t unrolled_chain(const std::int64_t* words, std::size_t n) {
  std::uint64_t state = kChainStart;
#pragma GCC unroll 8
  for (std::size_t i = 0; i < n; ++i)
    state = (state ^ static_cast<std::uint64_t>(words[i])) * kChainPrime;
  return fold(state);
}

}  // namespace corpus
