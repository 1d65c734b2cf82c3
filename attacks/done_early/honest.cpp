// A pool that is woken and awaited through atomics, which are futexes underneath.
#include <atomic>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : helper_([this] { serve(); }) {}
  ~Kernel() {
    stop_ = true;
    ++phase_;
    phase_.notify_all();
    helper_.join();
  }
  void run(const aisp::Launch& launch) {
    job_ = corpus::Axpby(launch);
    const unsigned mine = phase_.fetch_add(1) + 1;
    phase_.notify_all();
    job_.compute(0, job_.n / 2);
    for (unsigned done = done_.load(); done != mine; done = done_.load()) done_.wait(done);
  }

 private:
  void serve() {
    for (unsigned seen = 0;; ++seen) {
      phase_.wait(seen);
      if (stop_) return;
      job_.compute(job_.n / 2, job_.n);
      done_.store(seen + 1);
      done_.notify_all();
    }
  }

  corpus::Axpby job_;
  std::atomic<bool> stop_{false};
  std::atomic<unsigned> phase_{0};
  std::atomic<unsigned> done_{0};
  std::thread helper_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "pool awaited through atomics");
