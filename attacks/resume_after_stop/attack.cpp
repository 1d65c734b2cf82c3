// run() leaves the work to a thread and returns. A child in a session of its own keeps sending
// SIGCONT to the worker, so that the thread goes on while the judge reads.
#include <signal.h>
#include <unistd.h>

#include "../computations.h"
#include "../false_clock.h"
#include "../outcome.h"
#include "../waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    const pid_t worker = getpid();
    const pid_t child = fork();
    if (child == 0) {
      setsid();
      for (const std::int64_t start = corpus::true_ns(); corpus::true_ns() - start < 4'000'000'000;)
        kill(worker, SIGCONT);
      _exit(0);
    }
    waits_ = child < 0;
    if (waits_) corpus::declined("fork is refused");
  }

  void run(const aisp::Launch& launch) {
    thread_.post([job = corpus::Axpby(launch)] { job.compute(); });
    if (waits_) thread_.wait();
  }

 private:
  corpus::WaitingThread thread_;
  bool waits_ = false;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "resumed from outside its process group");
