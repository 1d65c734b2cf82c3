// Row by row of A: reads are contiguous, and each write is to another cache line of B. A line of B is
// full after 16 rows of A; until then it has been read, thrown out and read again.
#include <aisp/aisp.h>

namespace {

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  const float* a = launch.input<float>(0);
  float* b = launch.output<float>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c) b[c * rows + r] = a[r * columns + c];
}

}  // namespace

AISP_IMPLEMENTATION(run, "parallel over rows, strided writes");
