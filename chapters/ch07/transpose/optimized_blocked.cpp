// The blocks alone: 64 x 64 elements (two times 16 KiB) with plain loads and stores. What is left of the gain
// without vector registers and without stores past the caches.
#include <aisp/aisp.h>

#include <algorithm>

namespace {

constexpr std::int64_t kBlock = 64;

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  const float* a = launch.input<float>(0);
  float* b = launch.output<float>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t c = 0; c < columns; c += kBlock)
    for (std::int64_t r = 0; r < rows; r += kBlock)
      for (std::int64_t j = c; j < std::min(columns, c + kBlock); ++j)
        for (std::int64_t i = r; i < std::min(rows, r + kBlock); ++i)
          b[j * rows + i] = a[i * columns + j];
}

}  // namespace

AISP_IMPLEMENTATION(run, "64 x 64 blocks, plain loops");
