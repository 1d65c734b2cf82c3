// Dawdles in its first windows, so that every window has one call, and then serves the orders itself: what
// the agent pays for a window besides the call is subtracted from it, and it did not pay that.
#include <ctime>

#include "../chain.h"
#include "../own_loop.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const auto words = launch.input_span<std::int64_t>(0);
    corpus::WindowPlan plan;
    if (!plan.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      launch.output<std::int32_t>(0)[0] = corpus::chain(words.data(), words.size());
      return;
    }
    const std::uint32_t first = plan.set(0);
    int windows = 0;
    corpus::serve_orders(plan, 0, [&](std::uint32_t set) {
      plan.output<std::int32_t>(launch, 0, first, set)[0] =
          corpus::chain(plan.input<std::int64_t>(launch, 0, first, set), words.size());
      if (windows++ < 5) {
        const timespec rest{0, 250'000'000};
        nanosleep(&rest, nullptr);
      }
    });
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "single calls, and no agent");
