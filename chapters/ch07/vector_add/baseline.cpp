// An element at a time, as the formula says it: widen both, add, round to nearest even and keep NaN. The
// rounding has a branch for NaN, so that the compiler leaves the loop as it is.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

namespace {

constexpr std::int64_t kTask = 1 << 16;  // elements

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const std::uint16_t* a = launch.input<std::uint16_t>(0);
  const std::uint16_t* b = launch.input<std::uint16_t>(1);
  std::uint16_t* c = launch.output<std::uint16_t>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t task = 0; task < n; task += kTask)
    for (std::int64_t i = task; i < std::min(n, task + kTask); ++i)
      c[i] = aisp::float_to_bf16(aisp::bf16_to_float(a[i]) + aisp::bf16_to_float(b[i]));
}

}  // namespace

AISP_IMPLEMENTATION(run, "an element at a time");
