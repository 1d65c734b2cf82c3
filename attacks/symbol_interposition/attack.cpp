// Exports a slow clock under the name clock_gettime in the hope that the agent's late binding
// takes them instead of libc's.
#include "../computations.h"
#include "../false_clock.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::KeepBack slow_clock(0.9);
    corpus::Axpby(launch).compute();
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "exports a clock of its own");

AISP_EXPORT int clock_gettime(clockid_t clock, timespec* result) noexcept {
  return corpus::false_clock_gettime(clock, result);
}
