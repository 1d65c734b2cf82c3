// Dawdles in its first windows, so that every window has one call, and serves the orders itself: what the
// agent pays for a window besides the call is subtracted from it, and it did not pay that.
#include <ctime>

#include "../computations.h"
#include "../own_loop.h"
#include "aisp/implementation.h"

namespace {

constexpr int kSlowWindows = 5;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    corpus::WindowPlan plan;
    if (!plan.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      return job.compute();
    }
    const std::uint32_t first = plan.set(0);
    int windows = 0;
    corpus::serve_orders(plan, 0, [&](std::uint32_t set) {
      corpus::Axpby call = job;
      call.x = plan.input<float>(launch, 0, first, set);
      call.y = plan.input<float>(launch, 1, first, set);
      call.out = plan.output<float>(launch, 0, first, set);
      call.compute();
      if (windows++ < kSlowWindows) {
        const timespec rest{0, 90'000'000};  // more, and it would be let go
        nanosleep(&rest, nullptr);
      }
    });
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "single calls, and no agent");
