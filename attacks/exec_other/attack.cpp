// Calls execve with /bin/true, itself and a shell: from then on another program, without the
// sandbox's agent, holds the descriptors. Where exec is refused it computes honestly.
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  if (++calls != 3 || !corpus::in_a_sandbox()) return;
  char none[] = "true";
  char* arguments[] = {none, nullptr};
  execv("/bin/true", arguments);
  execv("/usr/bin/true", arguments);
  execv("/proc/self/exe", arguments);
  corpus::declined("exec is refused");
}

}  // namespace

AISP_IMPLEMENTATION(run, "runs another program");
