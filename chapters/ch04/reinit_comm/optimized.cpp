// One group for all steps and all calls, from setup. Its ranks sleep between two steps.
#include <aisp/aisp.h>

#include "communicator.h"

namespace {

using aisp::ch04::kRanks;

class Optimized {
 public:
  explicit Optimized(const aisp::Launch&) : group_(kRanks) {}

  void run(const aisp::Launch& launch) {
    const std::int64_t steps = launch.input_tensor(0).shape[0], n = launch.input_tensor(0).shape[2];
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    const auto add = aisp::ch04::accumulate();
    for (std::int64_t s = 0; s < steps; ++s)
      group_.run([&](int rank) {
        aisp::ch04::sum_step(add, rank, n, x + s * kRanks * n, y + s * kRanks * n);
      });
  }

 private:
  aisp::ch04::Communicator group_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "one group from setup, woken for each step");
