// A collective for each tensor, as its gradient is named in the program. Each ends with all ranks
// waiting for each other, which takes longer than the additions of most tensors.
#include <aisp/aisp.h>

#include "bucket_sum.h"
#include "gradient_sizes.h"

namespace {

using aisp::ch04::kRanks;

class Baseline {
 public:
  explicit Baseline(const aisp::Launch&) : sizes_(aisp::ch04::gradient_sizes()) {}

  void run(const aisp::Launch& launch) {
    const std::int64_t n = launch.input_tensor(0).shape[1];
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    const auto add = aisp::ch04::accumulate();
    aisp::kernels::on_ranks(kRanks, [&] {
      std::int64_t first = 0;
      for (const std::int64_t size : sizes_) {
        aisp::ch04::sum_bucket(add, n, first, size, x, y);
        first += size;
      }
    });
  }

 private:
  std::vector<std::int64_t> sizes_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "a collective for each tensor");
