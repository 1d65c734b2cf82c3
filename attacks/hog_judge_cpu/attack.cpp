// Reads which CPU the judge and the agent meet on, pins eight spinning threads to it and tries to
// raise their priority, so that the judge is late to stop, to read and to run the other side.
#include <sched.h>
#include <sys/resource.h>

#include <thread>

#include "../computations.h"
#include "../control_page.h"
#include "../false_clock.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    if (!started_) start(launch);
    corpus::Axpby(launch).compute();
  }

 private:
  void start(const aisp::Launch& launch) {
    started_ = true;
    const corpus::ControlPage page = corpus::find_control_page(launch);
    if (!page) return corpus::not_tried("no control page of a known layout");
    const unsigned cpu = page.orders->handover_cpu < CPU_SETSIZE ? page.orders->handover_cpu : 0;
    for (int i = 0; i < 8; ++i)
      std::thread([cpu] {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(cpu, &set);
        sched_setaffinity(0, sizeof set, &set);
        setpriority(PRIO_PROCESS, 0, -20);
        for (const std::int64_t begin = corpus::true_ns();
             corpus::true_ns() - begin < 4'000'000'000;) {
        }
      }).detach();
  }

  bool started_ = false;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "hogs the CPU of the hand-over");
