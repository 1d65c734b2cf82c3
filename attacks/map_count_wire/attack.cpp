// Reads in /proc/self/smaps and numa_maps how many processes have a lent page in their page tables. Another
// worker can take its entries away and put them back, page by page: a bit each.
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "../computations.h"
#include "../outcome.h"
#include "../reach.h"
#include "aisp/implementation.h"

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kPages = 256;

// "Pss:" of the mapping that begins there, in KiB; -1 unknown.
long share_kib(std::uintptr_t begin) {
  std::FILE* file = std::fopen("/proc/self/smaps", "re");
  if (file == nullptr) return -1;
  char line[1024];
  bool here = false;
  long found = -1;
  while (found < 0 && std::fgets(line, sizeof line, file) != nullptr) {
    unsigned long at = 0, end = 0;
    if (std::sscanf(line, "%lx-%lx ", &at, &end) == 2)
      here = at == begin;
    else if (here && std::strncmp(line, "Pss:", 4) == 0)
      found = std::atol(line + 4);
  }
  std::fclose(file);
  return found;
}

bool numa_maps_count() {
  std::FILE* file = std::fopen("/proc/self/numa_maps", "re");
  if (file == nullptr) return false;
  char line[1024];
  bool counts = false;
  while (std::fgets(line, sizeof line, file) != nullptr)
    counts = counts ||
             (std::strstr(line, "aisp-") != nullptr && std::strstr(line, "mapmax=") != nullptr);
  std::fclose(file);
  return counts;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::in_a_sandbox()) return;
    for (const corpus::Mapping& m : corpus::mappings()) {
      if (!m.shared || m.path.find("aisp-inputs") == std::string::npos ||
          m.bytes() < 2 * kPages * kPage)
        continue;
      // Two views of the same pages: what the second one's entries do to the first one's share, another
      // process's would.
      void* one = mremap(reinterpret_cast<void*>(m.begin), 0, kPages * kPage, MREMAP_MAYMOVE);
      void* other = mremap(reinterpret_cast<void*>(m.begin), 0, kPages * kPage, MREMAP_MAYMOVE);
      if (one == MAP_FAILED || other == MAP_FAILED) break;
      mprotect(other, kPages * kPage, PROT_NONE);  // so that the two do not become one mapping
      madvise(one, kPages * kPage, 22);
      const auto at = reinterpret_cast<std::uintptr_t>(one);
      const long without = share_kib(at);
      mprotect(other, kPages * kPage, PROT_READ);
      madvise(other, kPages * kPage, 22);
      mprotect(other, kPages * kPage, PROT_NONE);
      const long with = share_kib(at);
      if (without > 0 && with > 0 && with < without)
        corpus::succeeded("smaps tells how many have a lent page in their page tables");
      if (numa_maps_count()) corpus::succeeded("numa_maps tells how many have a lent page");
      munmap(one, kPages * kPage);
      munmap(other, kPages * kPage);
      return;
    }
    corpus::not_tried("no second view of the inputs");
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "counts who has a page");
