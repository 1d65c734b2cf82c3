// Right, and so slow that the time of the match is over before anybody has been timed often enough: others, which are
// faster than the baseline, end without enough evidence.
#include <time.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

constexpr timespec kNap{1, 0};

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : inside_(corpus::in_a_sandbox()) {}
  void run(const aisp::Launch& launch) {
    corpus::Axpby(launch).compute();
    if (inside_) nanosleep(&kNap, nullptr);
  }

 private:
  bool inside_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "right, and very slow");
