// A parallel region for each step: the threads are called together and sent away again, hundreds of
// times, for a microsecond of work.
#include <aisp/aisp.h>

#include <algorithm>

#include "rotation.h"

namespace {

constexpr std::int64_t kChunk = 512;  // pairs of a task

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const auto steps = static_cast<std::int64_t>(launch.input_tensor(1).elements);
  const float* tangents = launch.input<float>(1);
  float* y = launch.output<float>(0);
  const int log_n = aisp::ch12::log2_of(n);
  const aisp::ch12::Rotate rotate = aisp::ch12::rotate();
  const float* in = launch.input<float>(0);
  for (std::int64_t s = 0; s < steps; ++s, in = y) {
    const aisp::ch12::Rotation rotation(tangents[s]);
    const int log_m = static_cast<int>(s % log_n);
#pragma omp parallel for schedule(static)
    for (std::int64_t p = 0; p < n / 2; p += kChunk)
      rotate(log_m, p, std::min(n / 2, p + kChunk), rotation, in, y);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "a parallel region for each step");
