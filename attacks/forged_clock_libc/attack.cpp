// Overwrites the first bytes of libc's clock_gettime with a jump to a clock that stands still for
// nine tenths of each call. Everything in the worker's process that takes a time sees a kernel ten
// times faster.
#include <dlfcn.h>

#include "../code_patch.h"
#include "../computations.h"
#include "../false_clock.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    void* original = dlsym(RTLD_DEFAULT, "clock_gettime");
    if (original == nullptr ||
        !corpus::redirect(original, reinterpret_cast<const void*>(&corpus::false_clock_gettime)))
      corpus::declined("code pages cannot be written");
  }
  void run(const aisp::Launch& launch) {
    const corpus::KeepBack slow_clock(0.9);
    corpus::Axpby(launch).compute();
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "libc clock overwritten");
