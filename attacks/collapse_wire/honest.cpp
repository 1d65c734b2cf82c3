// Scratch of its own that wants huge pages, touched in setup.
#include <sys/mman.h>

#include <memory>
#include <new>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&)
      : scratch_(static_cast<float*>(::operator new(kBytes, kAligned))) {
    madvise(scratch_, kBytes, MADV_HUGEPAGE);
  }
  ~Kernel() { ::operator delete(scratch_, kAligned); }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    for (std::size_t i = 0; i < job.n; ++i) scratch_[i] = job.a * job.x[i];
    for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scratch_[i] + job.b * job.y[i];
  }

 private:
  static constexpr std::size_t kBytes = 2 << 20;
  static constexpr std::align_val_t kAligned{2 << 20};
  float* scratch_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "scratch in a huge page");
