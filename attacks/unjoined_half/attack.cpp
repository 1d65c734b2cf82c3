// The caller computes the first half, a pool thread the second, and the call returns without
// waiting for the pool. The first elements, where a lazy check looks, are always right.
#include <chrono>
#include <thread>

#include "../computations.h"
#include "../waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    thread_.post([job] {
      // Past the moment of the stop, so that the outcome does not hang on who is faster.
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      job.compute(job.n / 2, job.n);
    });
    job.compute(0, job.n / 2);
  }

 private:
  corpus::WaitingThread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "second half in a thread, not waited for");
