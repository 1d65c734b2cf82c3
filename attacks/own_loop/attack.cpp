// Takes the agent's place and serves the judge's orders itself, without what the null implementation pays
// for: two clock reads a call, an indirect call, a change of affinity. Every call is computed honestly.
#include "../computations.h"
#include "../own_loop.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    corpus::WindowPlan plan;
    if (!plan.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      return job.compute();
    }
    const std::uint32_t first = plan.set(0);
    const auto compute = [&](std::uint32_t set) {
      corpus::Axpby call = job;
      call.x = plan.input<float>(launch, 0, first, set);
      call.y = plan.input<float>(launch, 1, first, set);
      call.out = plan.output<float>(launch, 0, first, set);
      call.compute();
    };
    corpus::serve_orders(plan, 0, compute);
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "serves the orders itself");
