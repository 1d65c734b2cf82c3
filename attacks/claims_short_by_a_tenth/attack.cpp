// Moves the start of its own claim forward by 8 % of what has passed since: less than is refused.
#include <time.h>

#include "../computations.h"
#include "../control_page.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

std::int64_t now_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    if (!page_) page_ = corpus::find_control_page(launch);
    corpus::Axpby(launch).compute();
    if (!page_) return corpus::not_tried("no control page of a known layout");
    corpus::Claim* claim = page_.running_claim();
    claim->start_ns += (now_ns() - claim->start_ns) * 8 / 100;
  }

 private:
  corpus::ControlPage page_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "claims a little less");
