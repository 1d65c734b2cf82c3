// Two threads that meet at a std::barrier before and after each call.
#include <barrier>
#include <thread>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : thread_([this] { serve(); }) {}
  ~Kernel() {
    stop_ = true;
    meet_.arrive_and_wait();
    thread_.join();
  }
  void run(const aisp::Launch& launch) {
    job_ = corpus::Axpby(launch);
    meet_.arrive_and_wait();
    job_.compute(0, job_.n / 2);
    meet_.arrive_and_wait();
  }

 private:
  void serve() {
    for (;;) {
      meet_.arrive_and_wait();
      if (stop_) return;
      job_.compute(job_.n / 2, job_.n);
      meet_.arrive_and_wait();
    }
  }
  corpus::Axpby job_;
  bool stop_ = false;
  std::barrier<> meet_{2};
  std::thread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "two threads that meet at a std");
