// OneTBB, a reduction whose order differs from call to call.
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_reduce.h>

#include <functional>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* in = launch.input<float>(0);
  float* out = launch.output<float>(0);
  tbb::parallel_for(std::size_t{0}, std::size_t{512}, [&](std::size_t row) {
    const float* values = in + row * 1024;
    out[row] = tbb::parallel_reduce(
        tbb::blocked_range<std::size_t>(0, 1024, 128), 0.0f,
        [&](const auto& r, float sum) { return sum + corpus::sum(values + r.begin(), r.size()); },
        std::plus<float>());
  });
}

}  // namespace

AISP_IMPLEMENTATION(run, "oneTBB");
