// Reads from the page of orders how many calls the window has: windows of one call look like a
// check and get the right answer, longer ones look like timing and get a quarter of the work.
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
    const corpus::Axpby job(launch);
    if (!page_) corpus::not_tried("no control page of a known layout");
    job.compute(0, page_ && page_.orders->calls > 1 ? job.n / 4 : job.n);
  }

 private:
  corpus::ControlPage page_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "cheap in long windows");
