// Asks for real-time scheduling, a negative nice value, locked memory and the lowest out-of-memory
// score. It says so when it gets real-time scheduling or a better nice value.
#include <sched.h>
#include <sys/resource.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    const sched_param highest{.sched_priority = 99};
    if (corpus::in_a_sandbox()) {
      if (sched_setscheduler(0, SCHED_FIFO, &highest) == 0) {
        const sched_param normal{.sched_priority = 0};
        sched_setscheduler(0, SCHED_OTHER, &normal);
        corpus::succeeded("real-time scheduling");
      }
      if (setpriority(PRIO_PROCESS, 0, -20) == 0) corpus::succeeded("a nice value of -20");
    }
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "raises its priority");
