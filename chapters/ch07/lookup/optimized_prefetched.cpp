// Look-ups as they come, each asked for 64 before its turn. More of them are under way than the processor
// finds by itself, and nothing is sorted.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

namespace {

constexpr std::int64_t kAhead = 64;
constexpr std::int64_t kTask = 1 << 16;

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const float* table = launch.input<float>(0);
  const std::int32_t* index = launch.input<std::int32_t>(1);
  float* y = launch.output<float>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t task = 0; task < n; task += kTask) {
    const std::int64_t end = std::min(n, task + kTask);
    for (std::int64_t i = task; i < end; ++i) {
      __builtin_prefetch(table + index[std::min(i + kAhead, end - 1)]);
      y[i] = table[index[i]];
    }
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "look-ups as they come, prefetched");
