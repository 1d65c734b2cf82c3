// A question for each element. The compiler may not load w where the program does not, so that a branch is
// left, and it is wrong half of the time.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const auto limit = static_cast<float>(launch.param("limit"));
  const float* x = launch.input<float>(0);
  const float* w = launch.input<float>(1);
  float* y = launch.output<float>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; ++i) {
    float value = x[i];
    if (value > limit) value *= w[i];
    y[i] = value;
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "a branch for each element");
