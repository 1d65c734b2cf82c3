// Leaves work to threads of the kernel, which run while it is stopped: small pages in a region that is declared
// to want huge ones, and a new region in every few calls.
#include <sys/mman.h>

#include <cstddef>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

constexpr std::size_t kHuge = 2 << 20;
constexpr std::size_t kRegions = 96;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::in_a_sandbox()) return;
    memory_ = static_cast<char*>(mmap(nullptr, kRegions * kHuge, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (memory_ == MAP_FAILED) {
      memory_ = nullptr;
      corpus::not_tried("no memory");
      return;
    }
    madvise(memory_, kRegions * kHuge, MADV_NOHUGEPAGE);
    for (std::size_t at = 0; at < kRegions * kHuge; at += 4096) memory_[at] = 1;
    madvise(memory_, kRegions * kHuge, MADV_HUGEPAGE);
  }
  void run(const aisp::Launch& launch) {
    corpus::Axpby(launch).compute();
    if (memory_ == nullptr || ++calls_ % 40 != 0) return;
    // One region is small pages again.
    char* const region = memory_ + calls_ / 40 % kRegions * kHuge;
    madvise(region, kHuge, MADV_DONTNEED);
    madvise(region, kHuge, MADV_NOHUGEPAGE);
    for (std::size_t at = 0; at < kHuge; at += 8 * 4096) region[at] = 1;
    madvise(region, kHuge, MADV_HUGEPAGE);
  }

 private:
  char* memory_ = nullptr;
  std::size_t calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "leaves work for the kernel's threads");
