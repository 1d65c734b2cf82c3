// Right, and quick in the warm-up, where it is decided who is too slow to be judged beside others. Then it sleeps in
// each call, so that the time of the match is over before anybody has been timed often enough.
#include <time.h>

#include "../computations.h"
#include "../outcome.h"
#include "../window_plan.h"
#include "aisp/implementation.h"

namespace {

constexpr timespec kNap{0, 50'000'000};
// Orders until the warm-up is over: announcement, setup, two times pages, five windows.
constexpr std::uint32_t kWarmUpOrders = 9;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : inside_(corpus::in_a_sandbox()) {}
  void run(const aisp::Launch& launch) {
    corpus::Axpby(launch).compute();
    if (inside_ && plan_.find(launch) && plan_.window() > kWarmUpOrders) nanosleep(&kNap, nullptr);
  }

 private:
  bool inside_;
  corpus::WindowPlan plan_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "right, and very slow once the warm-up is over");
