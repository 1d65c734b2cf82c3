// Has the kernel put the small pages of lent memory together into a huge one: everybody's page tables lose their
// entries for it, which each worker can count in its own statm.
#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include "../computations.h"
#include "../outcome.h"
#include "../reach.h"
#include "aisp/implementation.h"

namespace {

constexpr std::size_t kHuge = 2 << 20;
constexpr int kPopulateRead = 22, kCollapse = 25;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::in_a_sandbox()) return;
    bool tried = false;
    for (const corpus::Mapping& m : corpus::mappings()) {
      if (!m.shared || m.path.find("aisp-") == std::string::npos || m.bytes() < 2 * kHuge) continue;
      tried = true;
      // The address has to be as far from a huge page's beginning as the place in the file is.
      void* place = mmap(nullptr, m.bytes() + kHuge, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (place == MAP_FAILED) break;
      const auto aligned = (reinterpret_cast<std::uintptr_t>(place) + kHuge - 1) / kHuge * kHuge;
      void* view = mremap(reinterpret_cast<void*>(m.begin), 0, m.bytes() / kHuge * kHuge,
                          MREMAP_MAYMOVE | MREMAP_FIXED, aligned);
      if (view == MAP_FAILED) continue;
      madvise(view, kHuge, kPopulateRead);
      if (madvise(view, kHuge, kCollapse) == 0)
        corpus::succeeded(("huge pages were made of " + m.path).c_str());
      munmap(view, m.bytes() / kHuge * kHuge);
    }
    if (!tried) corpus::not_tried("no lent memory is large enough");
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "puts lent pages together");
