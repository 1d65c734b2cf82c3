// Computes in a thread of its own and waits for it.
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
    helper_.post([job] { job.compute(); });
    helper_.wait();
  }

 private:
  corpus::WaitingThread helper_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a thread of its own computes");
