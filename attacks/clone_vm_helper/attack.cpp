// clone(CLONE_VM) without CLONE_THREAD makes a helper that shares all memory, is not in
// /proc/<pid>/task of the worker and does not stop with its thread group. It computes after the
// call has returned.
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <vector>

#include "../computations.h"
#include "../false_clock.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

struct Ring {
  std::atomic<std::uint32_t> posted{0};
  std::atomic<std::uint32_t> finished{0};
  corpus::Axpby jobs[1024];
};

Ring ring;

// Works off what is posted, for four seconds at most.
void serve() {
  for (const std::int64_t start = corpus::true_ns(); corpus::true_ns() - start < 4'000'000'000;) {
    const std::uint32_t next = ring.finished.load();
    if (next == ring.posted.load()) continue;
    ring.jobs[next % 1024].compute();
    ring.finished.store(next + 1);
  }
}

int serve_and_leave(void*) {
  serve();
  _exit(0);
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : stack_(1 << 16) {
    started_ =
        clone(serve_and_leave, stack_.data() + stack_.size(), CLONE_VM | SIGCHLD, nullptr) > 0;
    if (!started_) corpus::declined("clone is refused");
  }

  void run(const aisp::Launch& launch) {
    if (!started_) return corpus::Axpby(launch).compute();
    ring.jobs[ring.posted.load() % 1024] = corpus::Axpby(launch);
    ++ring.posted;
  }

 private:
  std::vector<char> stack_;
  bool started_ = false;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a process with shared memory computes");
