// As forged_claims_tenth, but by one fifth only: ordered, positive, inside the window, physically
// possible.
#include <time.h>

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
    corpus::Axpby(launch).compute();
    if (!page_) return corpus::not_tried("no control page of a known layout");
    corpus::Claim* claim = page_.running_claim();
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const std::int64_t elapsed = now.tv_sec * 1'000'000'000LL + now.tv_nsec - claim->start_ns;
    claim->start_ns += elapsed / 5;
  }

 private:
  corpus::ControlPage page_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "claims a fifth less");
