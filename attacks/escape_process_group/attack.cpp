// A child forked once puts itself into a session of its own, so that a stop signal to the worker's
// process group does not reach it, and works off a ring of jobs in shared memory at any time it
// likes: also while the judge believes that everything is stopped.
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <new>

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

// Works off what is posted, for four seconds at most.
void serve(Ring& ring) {
  for (const std::int64_t start = corpus::true_ns(); corpus::true_ns() - start < 4'000'000'000;) {
    const std::uint32_t next = ring.finished.load();
    if (next == ring.posted.load()) continue;
    ring.jobs[next % 1024].compute();
    ring.finished.store(next + 1);
  }
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    void* memory =
        mmap(nullptr, sizeof(Ring), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      corpus::declined("shared anonymous memory is refused");
      return;
    }
    ring_ = new (memory) Ring;
    const pid_t child = fork();
    if (child == 0) {
      setsid();
      serve(*ring_);
      _exit(0);
    }
    if (child > 0) return;
    corpus::declined("fork is refused");
    ring_ = nullptr;
  }

  void run(const aisp::Launch& launch) {
    if (ring_ == nullptr) return corpus::Axpby(launch).compute();
    ring_->jobs[ring_->posted.load() % 1024] = corpus::Axpby(launch);
    ++ring_->posted;
  }

 private:
  Ring* ring_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a child outside the process group computes");
