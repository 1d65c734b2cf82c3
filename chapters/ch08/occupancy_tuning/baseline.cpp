// std::lower_bound for each value: one chain, with a branch in each step that is wrong half of the time.
// What the processor starts ahead of a wrong branch is thrown away.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

namespace {

void run(const aisp::Launch& launch) {
  const auto table = launch.input_span<float>(0);
  const float* x = launch.input<float>(1);
  std::int32_t* rank = launch.output<std::int32_t>(0);
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; ++i)
    rank[i] = static_cast<std::int32_t>(std::lower_bound(table.begin(), table.end(), x[i]) -
                                        table.begin());
}

}  // namespace

AISP_IMPLEMENTATION(run, "one search at a time");
