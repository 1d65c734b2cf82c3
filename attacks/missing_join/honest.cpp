// Atomic additions whose order, and so the last bits, differ from call to call.
#include <algorithm>
#include <atomic>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto out = launch.output_span<float>(0);
  const std::size_t columns = launch.input_tensor(0).elements / out.size();
  const float* in = launch.input<float>(0);
  std::fill(out.begin(), out.end(), 0.0f);
#pragma omp parallel for schedule(dynamic) collapse(2)
  for (std::size_t row = 0; row < out.size(); ++row)
    for (std::size_t part = 0; part < 4; ++part)
      std::atomic_ref<float>(out[row]).fetch_add(
          corpus::sum(in + row * columns + part * (columns / 4), columns / 4));
}

}  // namespace

AISP_IMPLEMENTATION(run, "atomic additions in any order");
