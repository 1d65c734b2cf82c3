// Sleeps for a tenth of a millisecond in each call, from the first one on: slow, and nobody's harm.
#include <time.h>

#include "../computations.h"
#include "aisp/implementation.h"

static void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  const timespec nap{0, 100'000};
  nanosleep(&nap, nullptr);
}

AISP_IMPLEMENTATION(run, "right, and a little slow throughout");
