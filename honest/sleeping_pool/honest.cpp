// A thread that sleeps on a condition variable until the next job.
#include "../../attacks/computations.h"
#include "../../attacks/waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    thread_.post([&] { job.compute(0, job.n / 2); });
    job.compute(job.n / 2, job.n);
    thread_.wait();
  }

 private:
  corpus::WaitingThread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel,
                          "a thread that sleeps on a condition variable until the next job");
