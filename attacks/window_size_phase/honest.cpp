// Uses what it knows about its own call rate to decide whether to keep its helper awake.
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
    const bool busy = now - last_ < std::chrono::microseconds(200);
    if (busy) thread_.post([job] { job.compute(job.n / 2, job.n); });
    job.compute(0, busy ? job.n / 2 : job.n);
    thread_.wait();
    last_ = std::chrono::steady_clock::now();
  }

 private:
  corpus::WaitingThread thread_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "helper only when calls are dense");
