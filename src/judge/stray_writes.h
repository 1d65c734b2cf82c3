// Outputs of calls that a window does not have. Every worker maps all sets' outputs, so that what one
// of them writes there another could read in the same round, where inputs are the same: the first
// one's answers. So these bytes are known before each window, and looked at after it.
#pragma once

#include <cstdint>
#include <optional>

#include "device/device.h"

namespace aisp {

class StrayWrites {
 public:
  explicit StrayWrites(Buffers& buffers) : buffers_(buffers) {}

  // The worker is stopped. Sets [calls, prepared) become poison with the 8-byte word and leave the
  // caches. Sets beyond `prepared`, which nobody was asked to touch yet, are empty pages.
  void prepare(int calls, int prepared, std::uint64_t word);

  struct Stray {
    int set = 0;
    Damage damage;
  };
  // The worker is stopped, or dead. The first byte outside of sets [0, calls) that was written since
  // prepare(calls, prepared, word). Cleans empty pages that were written, for the next worker.
  std::optional<Stray> find(int calls, int prepared, std::uint64_t word);

 private:
  Stray at(std::uint64_t region_offset) const;
  std::optional<Stray> find_in_empty_pages(std::uint64_t from);

  Buffers& buffers_;
};

}  // namespace aisp
