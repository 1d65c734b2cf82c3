// A helper thread works off a ring of jobs; the call waits until its job is done.
#include <atomic>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

struct Ring {
  std::atomic<std::uint32_t> posted{0};
  std::atomic<std::uint32_t> finished{0};
  corpus::Axpby jobs[16];
};

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : helper_([this] { serve(); }) {}
  ~Kernel() {
    stop_ = true;
    ring_.posted += 1;
    ring_.posted.notify_all();
    helper_.join();
  }

  void run(const aisp::Launch& launch) {
    const std::uint32_t ticket = ring_.posted.load();
    ring_.jobs[ticket % 16] = corpus::Axpby(launch);
    ring_.posted.store(ticket + 1);
    ring_.posted.notify_all();
    ring_.finished.wait(ticket);
  }

 private:
  void serve() {
    for (std::uint32_t next = 0;; ++next) {
      ring_.posted.wait(next);
      if (stop_) return;
      ring_.jobs[next % 16].compute();
      ring_.finished.store(next + 1);
      ring_.finished.notify_all();
    }
  }

  Ring ring_;
  std::atomic<bool> stop_{false};
  std::thread helper_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "helper thread with a ring, awaited");
