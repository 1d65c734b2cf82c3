// Writes false sequence numbers and wakes the judge without end.
#include <climits>
#include <thread>

#include "../computations.h"
#include "../control_page.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    if (!page_) page_ = corpus::find_control_page(launch);
    if (!page_) {
      corpus::not_tried("no control page of a known layout");
      return corpus::Axpby(launch).compute();
    }
    std::atomic<bool> stop{false};
    const std::uint32_t before = page_.answers->sequence.load();
    std::thread noise([&] {
      for (std::uint32_t n = 0; !stop; ++n) {
        page_.answers->sequence.store(before - 1 - n % 1000);
        syscall(SYS_futex, &page_.answers->sequence, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
      }
    });
    corpus::Axpby(launch).compute();
    stop = true;
    noise.join();
    page_.answers->sequence.store(before);
  }

 private:
  corpus::ControlPage page_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "false alarms");
