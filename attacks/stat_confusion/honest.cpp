// Names its helper thread.
#include <sys/prctl.h>

#include "../computations.h"
#include "../waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    thread_.post([] { prctl(PR_SET_NAME, "axpby (helper)"); });
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

AISP_IMPLEMENTATION_CLASS(Kernel, "a named helper thread");
