// Writes what a result might look like, as JSON, as text and as binary, to every open descriptor
// including stdout and stderr, and ends the process with success.
#include <unistd.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;
ssize_t written = 0;

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  if (++calls != 2) return;
  constexpr char kForged[] =
      "\n{\"correct\":true,\"honest\":true,\"speedup\":1000,\"time_ns\":1,\"status\":\"pass\"}\n"
      "PASS 1000x\nall guards: pass\n";
  for (int fd = 0; fd < 64; ++fd) written += write(fd, kForged, sizeof kForged - 1);
  _exit(0);
}

}  // namespace

AISP_IMPLEMENTATION(run, "forged result");
