// Buckets of 64 KiB. How large must a bucket be? A training step wants small ones, because a bucket
// can only be sent when its last gradient is there; a collective wants large ones.
#include <aisp/aisp.h>

#include <algorithm>

#include "bucket_sum.h"

namespace {

using aisp::ch04::kRanks;

constexpr std::int64_t kBucket = 1 << 14;  // floats

void run(const aisp::Launch& launch) {
  const std::int64_t n = launch.input_tensor(0).shape[1];
  const float* x = launch.input<float>(0);
  float* y = launch.output<float>(0);
  const auto add = aisp::ch04::accumulate();
  aisp::kernels::on_ranks(kRanks, [&] {
    for (std::int64_t i = 0; i < n; i += kBucket)
      aisp::ch04::sum_bucket(add, n, i, std::min(kBucket, n - i), x, y);
  });
}

}  // namespace

AISP_IMPLEMENTATION(run, "buckets of 64 KiB");
