// Finds the judge's pages in its address space, claims 10 ns for each call of the window, stores
// the sequence number that means DONE, wakes the judge, and only then computes. What it gains is
// at most what it gets done before the stop is confirmed.
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
    } else {
      corpus::Claim* claim = page_.running_claim();
      for (std::uint32_t i = 0; i < page_.orders->calls; ++i)
        page_.answers->claims[i] = {claim->start_ns + 20 * i, claim->start_ns + 20 * i + 10};
      page_.say_done();
    }
    corpus::Axpby(launch).compute();
  }

 private:
  corpus::ControlPage page_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "says DONE, then computes");
