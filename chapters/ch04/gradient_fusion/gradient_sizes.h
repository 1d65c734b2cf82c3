// The sizes of the gradients of a small transformer, in the order in which they lie one after the other:
// a few matrices and many vectors.
#pragma once

#include <cstdint>
#include <vector>

namespace aisp::ch04 {

inline constexpr std::int64_t kLayers = 48, kWidth = 64;

// Elements of each tensor, all layers.
inline std::vector<std::int64_t> gradient_sizes() {
  std::vector<std::int64_t> sizes;
  for (std::int64_t layer = 0; layer < kLayers; ++layer)
    for (const std::int64_t size :
         {kWidth, kWidth, 3 * kWidth * kWidth, 3 * kWidth, kWidth * kWidth, kWidth, kWidth, kWidth,
          4 * kWidth * kWidth, 4 * kWidth, 4 * kWidth * kWidth, kWidth})
      sizes.push_back(size);
  return sizes;
}

inline std::int64_t gradient_elements() {
  std::int64_t sum = 0;
  for (const std::int64_t size : gradient_sizes()) sum += size;
  return sum;
}

}  // namespace aisp::ch04
