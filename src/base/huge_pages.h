// Memory that is touched once and then walked through: a page fault for every 4 KiB takes longer than that.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

namespace aisp {

// Asks the kernel to back [at, at + bytes) with huge pages, as far as whole ones lie in it. Before it is touched; a kernel
// that has none leaves small ones, and nothing else changes.
inline void prefer_huge_pages(void* at, std::size_t bytes) {
  constexpr std::uintptr_t kHuge = 2u << 20;
  const auto begin = (reinterpret_cast<std::uintptr_t>(at) + kHuge - 1) / kHuge * kHuge;
  const auto end = (reinterpret_cast<std::uintptr_t>(at) + bytes) / kHuge * kHuge;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace aisp
