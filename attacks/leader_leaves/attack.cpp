// Ends the thread that judge and agent know and goes on serving the orders in another one: the process has a
// dead leader, whose affinity, memory and state in /proc say nothing any more.
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include "../computations.h"
#include "../own_loop.h"
#include "aisp/implementation.h"

namespace {

corpus::WindowPlan plan;
corpus::Axpby job;
const aisp_launch* raw = nullptr;

void serve() {
  const aisp::Launch launch(*raw);
  const std::uint32_t first = plan.set(0);
  corpus::serve_orders(plan, 0, [&](std::uint32_t set) {
    corpus::Axpby call = job;
    call.x = plan.input<float>(launch, 0, first, set);
    call.y = plan.input<float>(launch, 1, first, set);
    call.out = plan.output<float>(launch, 0, first, set);
    call.compute();
  });
}

void run(const aisp::Launch& launch) {
  job = corpus::Axpby(launch);
  if (!plan.find(launch)) {
    corpus::not_tried("no control page of a known layout");
    return job.compute();
  }
  raw = &launch.raw();
  std::thread(serve).detach();
  syscall(SYS_exit, 0);
}

}  // namespace

AISP_IMPLEMENTATION(run, "its first thread has left");
