// Reduce-scatter and all-gather: each rank adds a quarter of the elements and hands its part to everybody
// while it is in its cache, 16 KiB at a time. All ranks work all the time, and the sum is not read from
// memory again.
#include <aisp/aisp.h>
#include <kernels/ranks.h>

#include <algorithm>
#include <cstring>

#include "../accumulate.h"

namespace {

using aisp::ch04::kRanks;

constexpr std::int64_t kPiece = 1 << 12;  // floats

void run(const aisp::Launch& launch) {
  const std::int64_t n = launch.input_tensor(0).shape[1];
  const float* x = launch.input<float>(0);
  float* y = launch.output<float>(0);
  const auto add = aisp::ch04::accumulate();
  const auto part_of = [&](int rank) {
    const std::int64_t begin = n * rank / kRanks, end = n * (rank + 1) / kRanks;
    for (std::int64_t i = begin; i < end; i += kPiece) {
      const std::int64_t count = std::min(kPiece, end - i);
      add(count, n, x + i, y + rank * n + i);
      for (int other = 0; other < kRanks; ++other)
        if (other != rank)
          std::memcpy(y + other * n + i, y + rank * n + i,
                      static_cast<std::size_t>(count) * sizeof(float));
    }
  };
  aisp::kernels::on_ranks(kRanks, [&] { aisp::kernels::each_rank(kRanks, part_of); });
}

}  // namespace

AISP_IMPLEMENTATION(run, "each rank adds a quarter and hands it to all");
