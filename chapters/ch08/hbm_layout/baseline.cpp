// Down each column, columns shared out over the threads: each element is in a line, and often a page, of its
// own. The lines of a column are wanted again for the next fifteen, if the L2 still has them.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  const float* x = launch.input<float>(0);
  float* y = launch.output<float>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t c = 0; c < columns; ++c) {
    float sum = 0;
    for (std::int64_t r = 0; r < rows; ++r) sum += x[r * columns + c];
    y[c] = sum;
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "down each column");
