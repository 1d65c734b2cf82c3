// Forks in its first call; the child, which the judge does not watch, would make a context of its
// own and stay.
#include <unistd.h>

#include "../device_axpby.cuh"
#include "../outcome.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
  if (calls++ > 0) return;
  const pid_t child = fork();
  if (child < 0) return corpus::declined("fork is refused");
  if (child > 0) return corpus::succeeded("there is another process");
  sleep(2);
  _exit(0);
}

}  // namespace

AISP_IMPLEMENTATION(run, "forks");
