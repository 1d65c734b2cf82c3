// Looks through all mapped outputs for the right answer before it writes its own.
#include <cmath>
#include <cstring>

#include "../computations.h"
#include "../outcome.h"
#include "../window_plan.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    if (!plan_.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      return job.compute();
    }
    if (counter_.call(plan_) == 0 && ++windows_ % 4 == 0) look(launch, job);
    job.compute();
  }

 private:
  void look(const aisp::Launch& launch, const corpus::Axpby& job) {
    const float want = job.a * job.x[7] + job.b * job.y[7];
    const corpus::Orders& orders = *plan_.page().orders;
    // Only what others have touched is there at all: a few pages beyond the plan are enough to know.
    for (std::uint32_t set = 0; set < orders.sets && set < orders.calls + 64; ++set) {
      const float* out = plan_.output<float>(launch, 0, plan_.set(0), set);
      if (out[7] == want) corpus::succeeded("the answer was there before it was computed");
    }
  }

  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  int windows_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "looks for answers");
