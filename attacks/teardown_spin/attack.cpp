// Honest calls; teardown and a global destructor spin for five seconds each, so that a judge that
// waits for the end pays, and the other side's time with it.
#include "../computations.h"
#include "../false_clock.h"
#include "aisp/implementation.h"

namespace {

void spin() {
  for (const std::int64_t start = corpus::true_ns(); corpus::true_ns() - start < 5'000'000'000;) {
  }
}

struct AtExit {
  ~AtExit() { spin(); }
};
const AtExit at_exit;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  ~Kernel() { spin(); }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "spins at the end");
