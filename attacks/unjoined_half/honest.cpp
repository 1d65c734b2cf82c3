// The same pool and the same halves, and a wait before the return.
#include "../computations.h"
#include "../waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
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

AISP_IMPLEMENTATION_CLASS(Kernel, "second half in a thread that is waited for");
