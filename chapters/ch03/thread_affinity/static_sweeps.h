// All sweeps with the same blocks for the same thread each time.
#pragma once

#include <aisp/aisp.h>

#include "sweep.h"

namespace aisp::ch03 {

// Called by all threads of a parallel region.
inline void static_sweeps(const Launch& launch) {
  const std::int64_t blocks = launch.input_tensor(0).shape[0];
  const std::int64_t n = launch.input_tensor(0).shape[1];
  const auto sweeps = static_cast<std::int64_t>(launch.input_tensor(1).elements);
  const float* x = launch.input<float>(0);
  const float* a = launch.input<float>(1);
  const float* b = launch.input<float>(2);
  float* y = launch.output<float>(0);
  const auto kernel = sweep();
  for (std::int64_t s = 0; s < sweeps; ++s)
#pragma omp for schedule(static)
    for (std::int64_t block = 0; block < blocks; ++block)
      kernel(n, a[s], b[s], (s == 0 ? x : y) + block * n, y + block * n);
}

}  // namespace aisp::ch03
