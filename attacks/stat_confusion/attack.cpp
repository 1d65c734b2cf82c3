// Gives itself and a burning thread names with parentheses, spaces, digits and a newline, such as
// ') R 0 0 0', so that a judge that splits /proc/<pid>/stat at blanks reads forged states and CPU
// times, and makes itself undumpable, so that others may not read it at all.
#include <sys/prctl.h>

#include <thread>

#include "../computations.h"
#include "../false_clock.h"
#include "aisp/implementation.h"

namespace {

bool started = false;

void run(const aisp::Launch& launch) {
  if (!started) {
    started = true;
    prctl(PR_SET_NAME, ") T 0 0 0 0 0 0");
    prctl(PR_SET_DUMPABLE, 0);
    std::thread([] {
      prctl(PR_SET_NAME, "x) S 0\n(y) T 0");
      for (const std::int64_t start = corpus::true_ns();
           corpus::true_ns() - start < 4'000'000'000;) {
      }
    }).detach();
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "misleading thread names");
