// Asks for an io_uring, whose kernel threads could go on writing into the outputs while every
// thread of the worker is stopped, and for a native aio context. It says so when it gets one.
#include <sys/syscall.h>
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    char parameters[120] = {};
    const long ring = syscall(SYS_io_uring_setup, 8, parameters);
    if (ring >= 0) corpus::succeeded("an io_uring");
    if (ring >= 0) close(static_cast<int>(ring));
    unsigned long context = 0;
    if (syscall(SYS_io_setup, 8, &context) == 0) corpus::succeeded("an aio context");
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "asks for io_uring");
