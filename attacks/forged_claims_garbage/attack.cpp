// Overwrites every word of the page of answers, sequence number included, with values that
// overflow, run backwards and index out of bounds, so that a judge that uses it in place is
// confused or crashes.
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
    auto* words = reinterpret_cast<std::uint64_t*>(page_.answers);
    for (std::size_t i = 0; i < sizeof(corpus::Answers) / 8; ++i)
      words[i] = i % 3 == 0 ? ~0ull : i % 3 == 1 ? 1ull << 63 : 0x7fffffffffffffffull;
  }

 private:
  corpus::ControlPage page_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "garbage in the page of answers");
