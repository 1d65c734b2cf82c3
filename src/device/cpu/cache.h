// The caches of this machine, and how to empty them of what the judge cannot flush by line.
#pragma once

#include <cstddef>
#include <cstdint>

namespace aisp {

struct CacheSizes {
  std::size_t l1d = 32 << 10;
  std::size_t l2 = 1 << 20;
  std::size_t last_level = 32 << 20;
};
CacheSizes cache_sizes();  // from sysfs; the defaults above where it says nothing

// Reads and writes more than the last-level cache on one CPU and more than L2 on every other one,
// so that private data of a stopped worker (packed weights) is cold again.
void sweep_caches();

}  // namespace aisp
