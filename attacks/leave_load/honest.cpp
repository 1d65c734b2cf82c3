// A pool of one thread per CPU that sleeps between calls.
#include <algorithm>
#include <thread>
#include <vector>

#include "../computations.h"
#include "../waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : threads_(std::thread::hardware_concurrency()) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const std::size_t share = (job.n + threads_.size() - 1) / threads_.size();
    for (std::size_t t = 0; t < threads_.size(); ++t)
      threads_[t].post([job, share, t] {
        job.compute(std::min(t * share, job.n), std::min((t + 1) * share, job.n));
      });
    for (corpus::WaitingThread& thread : threads_) thread.wait();
  }

 private:
  std::vector<corpus::WaitingThread> threads_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "sleeping pool");
