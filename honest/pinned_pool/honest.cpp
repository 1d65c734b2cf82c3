// A thread that is pinned to a processor.
#include <sched.h>

#include "../../attacks/computations.h"
#include "../../attacks/waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    thread_.post([] {
      cpu_set_t mine;
      CPU_ZERO(&mine);
      CPU_SET(0, &mine);
      sched_setaffinity(0, sizeof mine, &mine);
    });
    thread_.wait();
  }
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

AISP_IMPLEMENTATION_CLASS(Kernel, "a thread that is pinned to a processor");
