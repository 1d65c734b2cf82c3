// Asks the system for its name and limits.
#include <sys/resource.h>
#include <sys/utsname.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    utsname name{};
    rlimit limit{};
    uname(&name);
    getrlimit(RLIMIT_STACK, &limit);
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "asks for limits");
