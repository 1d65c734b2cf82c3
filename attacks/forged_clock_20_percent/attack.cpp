// The same patch as forged_clock_libc, but the clock keeps back only one fifth of each call:
// claims are ordered, plausible, inside the window and above every physical limit. Only a
// comparison with a clock that the worker cannot touch sees it.
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
    const corpus::KeepBack slow_clock(0.2);
    corpus::Axpby(launch).compute();
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "clock that keeps back a fifth");
