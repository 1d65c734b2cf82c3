// A processor for each thread: the caller stays on the first one, its helper spins on the last, which is where the judge
// would like to meet the caller.
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void stay_on(long processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(processor), &one);
  sched_setaffinity(0, sizeof one, &one);
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    helper_ = std::thread([this] { help(); });
    stay_on(0);
  }
  ~Kernel() {
    over_ = true;
    helper_.join();
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    halves_.store(&job, std::memory_order_release);
    job.compute(0, job.n / 2);
    while (halves_.load(std::memory_order_acquire) != nullptr) __builtin_ia32_pause();
  }

 private:
  void help() {
    stay_on(sysconf(_SC_NPROCESSORS_ONLN) - 1);
    while (!over_) {
      const corpus::Axpby* const job = halves_.load(std::memory_order_acquire);
      if (job == nullptr) continue;
      job->compute(job->n / 2, job->n);
      halves_.store(nullptr, std::memory_order_release);
    }
  }
  std::atomic<const corpus::Axpby*> halves_{nullptr};
  std::atomic<bool> over_{false};
  std::thread helper_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a processor for each thread");
