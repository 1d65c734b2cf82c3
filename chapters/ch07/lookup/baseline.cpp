// Look-ups as they come. The processor has a few tens of them under way at a time, each of them a line
// from memory, of which four bytes are used, and the page table's entry for it.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const float* table = launch.input<float>(0);
  const std::int32_t* index = launch.input<std::int32_t>(1);
  float* y = launch.output<float>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; ++i) y[i] = table[index[i]];
}

}  // namespace

AISP_IMPLEMENTATION(run, "look-ups as they come");
