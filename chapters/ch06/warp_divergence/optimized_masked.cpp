// Masks: all particles are integrated four times, once for each kind, in full vectors, and each takes the
// result of its own kind. Four times the work, in vectors of eight or sixteen, and no branch.
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
    for (int k = 0; k < kKinds; ++k) std::copy_n(x + first, count, u[k]);
    const std::int64_t counts[kKinds] = {count, count, count, count};
    integrate(counts, u);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int32_t k = kind[first + i];
      const float low = k & 1 ? u[1][i] : u[0][i], high = k & 1 ? u[3][i] : u[2][i];
      y[first + i] = k & 2 ? high : low;
    }
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "all four kinds for each particle, one selected by masks");
