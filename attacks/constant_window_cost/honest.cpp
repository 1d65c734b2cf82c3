// Wakes its pool in the first call after a pause, so that this call costs more than the others.
#include <chrono>

#include "../computations.h"
#include "../waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ > std::chrono::milliseconds(1)) thread_.wait();
    thread_.post([job] { job.compute(job.n / 2, job.n); });
    job.compute(0, job.n / 2);
    thread_.wait();
    last_ = std::chrono::steady_clock::now();
  }

 private:
  corpus::WaitingThread thread_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "first call after a pause costs more");
