// Sleeps for a while whenever it was stopped in the middle of a window.
#include <chrono>
#include <thread>

#include "../computations.h"
#include "../outcome.h"
#include "../window_plan.h"
#include "aisp/implementation.h"

namespace {

using Clock = std::chrono::steady_clock;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    corpus::Axpby(launch).compute();
    if (!plan_.find(launch)) return corpus::not_tried("no control page of a known layout");
    const std::uint32_t call = counter_.call(plan_);
    const auto now = Clock::now();
    if (call > 0 && now - last_ > std::chrono::milliseconds(5) && corpus::in_a_sandbox())
      std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    last_ = Clock::now();
  }

 private:
  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  Clock::time_point last_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "sleeps when watched");
