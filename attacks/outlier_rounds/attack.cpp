// Waits in two of five windows: what a trimmed mean would forget.
#include <chrono>

#include "../computations.h"
#include "../outcome.h"
#include "../window_plan.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    job.compute();
    if (!plan_.find(launch)) return corpus::not_tried("no control page of a known layout");
    if (plan_.window() % 5 > 1) return;
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(100);
    while (std::chrono::steady_clock::now() < until) {
    }
  }

 private:
  corpus::WindowPlan plan_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "slow in two of five windows");
