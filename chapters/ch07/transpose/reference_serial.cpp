// One thread, two loops.
#include <aisp/aisp.h>

namespace {

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  const float* a = launch.input<float>(0);
  float* b = launch.output<float>(0);
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c) b[c * rows + r] = a[r * columns + c];
}

}  // namespace

AISP_IMPLEMENTATION(run, "one thread");
