// Blocks go to whoever is free (schedule(dynamic)), which balances a load that nobody knows ahead. Here
// all blocks cost the same, and every other one is in the caches of another core than the one that gets
// it: a line that was written there has to come over first.
#include <aisp/aisp.h>

#include "sweep.h"

namespace {

void run(const aisp::Launch& launch) {
  const std::int64_t blocks = launch.input_tensor(0).shape[0];
  const std::int64_t n = launch.input_tensor(0).shape[1];
  const auto sweeps = static_cast<std::int64_t>(launch.input_tensor(1).elements);
  const float* x = launch.input<float>(0);
  const float* a = launch.input<float>(1);
  const float* b = launch.input<float>(2);
  float* y = launch.output<float>(0);
  const auto sweep = aisp::ch03::sweep();
#pragma omp parallel
  for (std::int64_t s = 0; s < sweeps; ++s)
#pragma omp for schedule(dynamic)
    for (std::int64_t block = 0; block < blocks; ++block)
      sweep(n, a[s], b[s], (s == 0 ? x : y) + block * n, y + block * n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "blocks go to whoever is free");
