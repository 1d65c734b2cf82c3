// Asks the kernel for its thread number in the usual way.
#include <sys/syscall.h>
#include <unistd.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  if (syscall(SYS_gettid) <= 0) launch.output<float>(0)[0] = 0;
}

}  // namespace

AISP_IMPLEMENTATION(run, "asks for its number");
