// One parallel region with a barrier after each step: what is left of the gain without knowing which
// steps need the barrier.
#include <aisp/aisp.h>

#include <algorithm>

#include "rotation.h"

namespace {

constexpr std::int64_t kChunk = 512;  // pairs of a task

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const auto steps = static_cast<std::int64_t>(launch.input_tensor(1).elements);
  const float* x = launch.input<float>(0);
  const float* tangents = launch.input<float>(1);
  float* y = launch.output<float>(0);
  const int log_n = aisp::ch12::log2_of(n);
  const aisp::ch12::Rotate rotate = aisp::ch12::rotate();
#pragma omp parallel
  for (std::int64_t s = 0; s < steps; ++s) {
    const aisp::ch12::Rotation rotation(tangents[s]);
    const int log_m = static_cast<int>(s % log_n);
#pragma omp for schedule(static)
    for (std::int64_t p = 0; p < n / 2; p += kChunk)
      rotate(log_m, p, std::min(n / 2, p + kChunk), rotation, s == 0 ? x : y, y);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "one region, a barrier after each step");
