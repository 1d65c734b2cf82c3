// Which stream of the key a tensor's values are drawn from: named by (draw, set, tensor), in
// 28 + 28 + 8 bits. A draw is a number that is never used twice in a run.
#pragma once

#include <cstddef>
#include <cstdint>

namespace aisp {

inline constexpr std::uint64_t kWeightsDraw =
    (1ull << 28) - 1;  // weights are drawn once, for set 0
inline constexpr std::uint64_t kNonceOfNextSet = 1ull << 8;

inline std::uint64_t nonce_of(std::uint64_t draw, int set, std::size_t tensor) {
  return draw << 36 | static_cast<std::uint64_t>(set) << 8 | tensor;
}

}  // namespace aisp
