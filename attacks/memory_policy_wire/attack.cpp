// Gives pages of the lent memory a NUMA policy. It is kept with the memory and not with who asked, so that
// everybody who has the memory can read it.
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "../reach.h"
#include "aisp/implementation.h"

namespace {

constexpr int kInterleave = 3;
constexpr unsigned long kOfAddress = 2;
constexpr std::size_t kPage = 4096;

long policy_at(std::uintptr_t address) {
  int mode = -1;
  return syscall(SYS_get_mempolicy, &mode, nullptr, 0, address, kOfAddress) == 0 ? mode : -1;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::in_a_sandbox()) return;
    for (const corpus::Mapping& m : corpus::mappings()) {
      if (!m.shared || m.path.find("aisp-inputs") == std::string::npos) continue;
      // A second view of the same memory stands for another process.
      void* view = mremap(reinterpret_cast<void*>(m.begin), 0, 2 * kPage, MREMAP_MAYMOVE);
      if (view == MAP_FAILED) break;
      const unsigned long node = 1;
      const long set = syscall(SYS_mbind, m.begin, kPage, kInterleave, &node, 2ul, 0u);
      const long seen = policy_at(reinterpret_cast<std::uintptr_t>(view));
      if (set == 0 && seen == kInterleave)
        corpus::succeeded("a policy of lent memory is read by everybody who has it");
      else if (set == 0)
        corpus::succeeded("lent memory was given a policy");
      munmap(view, 2 * kPage);
      return;
    }
    corpus::not_tried("no second view of the inputs");
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "writes policies on lent pages");
