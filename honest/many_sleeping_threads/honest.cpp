// Sixteen threads that mostly sleep: one per block.
#include <array>

#include "../../attacks/computations.h"
#include "../../attacks/waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const std::size_t block = job.n / threads_.size();
    for (std::size_t i = 0; i < threads_.size(); ++i)
      threads_[i].post([&job, i, block] { job.compute(i * block, (i + 1) * block); });
    for (auto& thread : threads_) thread.wait();
  }

 private:
  std::array<corpus::WaitingThread, 16> threads_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "sixteen threads that mostly sleep");
