// The batch in one region, but the product as loops that the compiler vectorizes: the sums go
// through memory at every step of k. Launches hide what a kernel is worth; without them it shows.
#include <aisp/aisp.h>

#include <algorithm>

#include <kernels/row_loops.h>

namespace {

using aisp::kernels::RowLoops;

constexpr std::int64_t kRowBlock = 8;  // rows that advance together: hides the latency of a sum

void run(const aisp::Launch& launch) {
  const std::int64_t* a_shape = launch.input_tensor(0).shape;
  const std::int64_t batch = a_shape[0], m = a_shape[1], k = a_shape[2];
  const std::int64_t n = launch.input_tensor(1).shape[2];
  const float* a = launch.input<float>(0);
  const float* b = launch.input<float>(1);
  float* c = launch.output<float>(0);
  const aisp::kernels::RowLoopsFunction loops = aisp::kernels::row_loops();
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < batch; ++i)
    for (std::int64_t r = 0; r < m; r += kRowBlock)
      loops(RowLoops{std::min(kRowBlock, m - r), k, n, a + (i * m + r) * k, b + i * k * n,
                     c + (i * m + r) * n});
}

}  // namespace

AISP_IMPLEMENTATION(run, "one parallel region for the batch, plain vectorized loops");
