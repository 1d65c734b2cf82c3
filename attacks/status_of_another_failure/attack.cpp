// Wrong from its fortieth call on, and before that is looked at it says that the device, or a graph, was to blame: statuses
// that a worker on a CPU never has.
#include <cstdint>

#include "../computations.h"
#include "../control_page.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

constexpr std::int32_t kNotCapturable = 7;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    if (++calls_ < 40) return corpus::Axpby(launch).compute();
    const corpus::ControlPage page = corpus::find_control_page(launch);
    if (!page) return corpus::not_tried("no control page of a known layout");
    page.answers->status = kNotCapturable;
    page.answers->calls_done = page.orders->calls;
    page.answers->sequence.store(page.orders->sequence.load(), std::memory_order_release);
    syscall(SYS_futex, &page.answers->sequence, FUTEX_WAKE, 1, nullptr, nullptr, 0);
    for (;;) pause();
  }

 private:
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "blames a graph");
