// The format: kBlock differences of kBits bits each, the lowest bits of a word first.
#pragma once

#include <cstdint>
#include <cstring>

namespace aisp::ch05 {

inline constexpr std::int64_t kBlock = 1024, kBits = 11, kWords = kBlock * kBits / 32;
inline constexpr std::uint32_t kMask = (1u << kBits) - 1;

// One block, number by number.
inline void unpack_block(const std::uint32_t* packed, std::int32_t first, std::int32_t* values) {
  std::uint64_t bits = 0;  // not used yet, the next one lowest
  int held = 0;
  std::int32_t value = first;
  for (std::int64_t i = 0; i < kBlock; ++i) {
    if (held < kBits) {
      bits |= static_cast<std::uint64_t>(*packed++) << held;
      held += 32;
    }
    value += static_cast<std::int32_t>(bits & kMask);
    values[i] = value;
    bits >>= kBits;
    held -= kBits;
  }
}

}  // namespace aisp::ch05
