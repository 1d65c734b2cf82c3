// What the kernels that look at bytes get.
#pragma once

#include <cstdint>

namespace aisp::cuda {

inline constexpr std::uint64_t kNothing = ~0ull;

struct Range {
  std::uint64_t address;  // in set 0
  std::uint64_t bytes;
};

struct RangesJob {
  std::uint64_t ranges;  // Range[count]
  std::uint64_t offsets;
  std::uint64_t set_stride;
  std::uint64_t word;
  std::uint32_t count;
  std::uint32_t sets;
};

struct GapsJob {
  std::uint64_t data, data_stride;
  std::uint64_t used;  // a bit for each of `places`
  std::uint64_t places;
  std::uint64_t offsets;
  std::uint64_t word;
  std::uint32_t element_bytes;
  std::uint32_t sets;
};

// Buffers a and b of `bytes`, for each set; results[set] has been set to zero.
struct BytesJob {
  std::uint64_t a, a_stride;
  std::uint64_t b, b_stride;
  std::uint64_t bytes;
  std::uint64_t key;
  std::uint64_t results;
  std::uint32_t sets;
};

}  // namespace aisp::cuda
