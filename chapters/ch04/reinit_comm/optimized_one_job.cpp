// One group, woken once for all steps: the steps of this target do not need each other. What is left
// of the difference to the row above is what 31 wake-ups cost.
#include <aisp/aisp.h>

#include "communicator.h"

namespace {

using aisp::ch04::kRanks;

class OneJob {
 public:
  explicit OneJob(const aisp::Launch&) : group_(kRanks) {}

  void run(const aisp::Launch& launch) {
    const std::int64_t steps = launch.input_tensor(0).shape[0], n = launch.input_tensor(0).shape[2];
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    const auto add = aisp::ch04::accumulate();
    group_.run([&](int rank) {
      for (std::int64_t s = 0; s < steps; ++s)
        aisp::ch04::sum_step(add, rank, n, x + s * kRanks * n, y + s * kRanks * n);
    });
  }

 private:
  aisp::ch04::Communicator group_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(OneJob, "one group from setup, woken once for all steps");
