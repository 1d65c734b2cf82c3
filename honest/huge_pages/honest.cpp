// Scratch in huge pages, asked for by madvise.
#include <sys/mman.h>

#include <new>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    void* memory =
        mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    madvise(memory, kBytes, MADV_HUGEPAGE);
    scratch_ = static_cast<float*>(memory);
  }
  ~Kernel() { munmap(scratch_, kBytes); }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    for (std::size_t i = 0; i < job.n; ++i) scratch_[i] = job.a * job.x[i];
    for (std::size_t i = 0; i < job.n; ++i) job.out[i] = scratch_[i] + job.b * job.y[i];
  }

 private:
  static constexpr std::size_t kBytes = 4 << 20;
  float* scratch_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "scratch in huge pages");
