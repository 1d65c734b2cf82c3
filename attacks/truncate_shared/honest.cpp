// Gives pages of its own scratch memory back to the system.
#include <sys/mman.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& shapes) : bytes_(shapes.output_tensor(0).elements * 4) {
    void* p = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    scratch_ = p == MAP_FAILED ? nullptr : static_cast<float*>(p);
  }
  ~Kernel() {
    if (scratch_ != nullptr) munmap(scratch_, bytes_);
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    if (scratch_ == nullptr) return job.compute();
    for (std::size_t i = 0; i < job.n; ++i) scratch_[i] = job.a * job.x[i];
    for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scratch_[i] + job.b * job.y[i];
    madvise(scratch_, bytes_, MADV_DONTNEED);
  }

 private:
  std::size_t bytes_;
  float* scratch_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "gives its scratch memory back");
