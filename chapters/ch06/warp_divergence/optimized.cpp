// Particles of a chunk are put into four lists by their kind, without a branch; each list is integrated in
// full vectors, and the results go back to their places.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

#include "integrate_all.h"

namespace {

using namespace aisp::ch06;

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const float* x = launch.input<float>(0);
  const std::int32_t* kind = launch.input<std::int32_t>(1);
  float* y = launch.output<float>(0);
  const IntegrateKinds integrate = integrate_kinds();
#pragma omp parallel for schedule(static)
  for (std::int64_t first = 0; first < n; first += kChunk) {
    const std::int64_t count = std::min(kChunk, n - first);
    alignas(64) float u[kKinds][kChunk];
    std::int16_t source[kKinds][kChunk];
    std::int64_t counts[kKinds] = {};
    for (std::int64_t i = 0; i < count; ++i) {
      const int k = kind[first + i] & 3;
      u[k][counts[k]] = x[first + i];
      source[k][counts[k]++] = static_cast<std::int16_t>(i);
    }
    integrate(counts, u);
    for (int k = 0; k < kKinds; ++k)
      for (std::int64_t i = 0; i < counts[k]; ++i) y[first + source[k][i]] = u[k][i];
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "particles sorted by kind within a chunk, full vectors");
