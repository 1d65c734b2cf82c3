// A thread that yields until the next job.
#include <atomic>
#include <thread>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : thread_([this] { serve(); }) {}
  ~Kernel() {
    stop_ = true;
    thread_.join();
  }
  void run(const aisp::Launch& launch) {
    job_ = corpus::Axpby(launch);
    const int number = given_.load() + 1;
    given_.store(number);
    job_.compute(0, job_.n / 2);
    while (done_.load() != number) std::this_thread::yield();
  }

 private:
  void serve() {
    for (int last = 0; !stop_;) {
      const int number = given_.load();
      if (number == last) {
        std::this_thread::yield();
        continue;
      }
      job_.compute(job_.n / 2, job_.n);
      last = number;
      done_.store(number);
    }
  }
  corpus::Axpby job_;
  std::atomic<int> given_{0}, done_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a thread that yields until the next job");
