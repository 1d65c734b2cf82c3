// Its setup does not come back, one time in two: sooner or later while others wait to be timed.
#include <sys/random.h>
#include <unistd.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    unsigned coin = 0;
    if (getrandom(&coin, sizeof coin, 0) == sizeof coin && coin % 2 != 0) return;
    for (;;) pause();
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "hangs in a later setup");
