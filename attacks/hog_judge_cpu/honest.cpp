// Pins its own helper thread to a CPU and lets it sleep there.
#include <sched.h>

#include "../computations.h"
#include "../waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    thread_.post([] {
      cpu_set_t set;
      CPU_ZERO(&set);
      CPU_SET(0, &set);
      sched_setaffinity(0, sizeof set, &set);
    });
    thread_.wait();
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    thread_.post([job] { job.compute(job.n / 2, job.n); });
    job.compute(0, job.n / 2);
    thread_.wait();
  }

 private:
  corpus::WaitingThread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "pinned helper that sleeps");
