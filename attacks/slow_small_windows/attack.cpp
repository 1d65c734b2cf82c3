// Reads from the page of orders how many calls the window has, and wastes 2 ms in the first call
// where they are fewer than it has seen. The slope between small and large windows, which cancels constant costs,
// falls and may turn negative.
#include "../computations.h"
#include "../control_page.h"
#include "../false_clock.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    if (!page_) page_ = corpus::find_control_page(launch);
    if (!page_) {
      corpus::not_tried("no control page of a known layout");
      return job.compute();
    }
    const corpus::Orders& orders = *page_.orders;
    const std::uint32_t window = orders.sequence.load();
    if (window == last_window_) return job.compute();
    last_window_ = window;
    if (orders.calls > most_) most_ = orders.calls;
    if (orders.calls < most_)
      for (const std::int64_t start = corpus::true_ns(); corpus::true_ns() - start < 2'000'000;) {
      }
    job.compute();
  }

 private:
  corpus::ControlPage page_;
  std::uint32_t last_window_ = 0;
  std::uint32_t most_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "slow in small windows");
