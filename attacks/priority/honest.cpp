// Lowers its own priority, as a polite background job would.
#include <sys/resource.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) { setpriority(PRIO_PROCESS, 0, 1); }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a nice value of 1");
