// Pieces of 16 bytes dealt out to the threads in turn ("so that all of them advance together"): on a GPU
// that would be right. Here four pieces share a cache line, which two threads write: the line wanders
// from core to core for each of them ("false sharing"), and each reads all lines of A.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

namespace {

constexpr std::int64_t kPiece = 4;  // floats

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const float* a = launch.input<float>(0);
  float* b = launch.output<float>(0);
#pragma omp parallel for schedule(static, 1)
  for (std::int64_t i = 0; i < n; i += kPiece)
    for (std::int64_t j = i; j < std::min(n, i + kPiece); ++j) b[j] = a[j];
}

}  // namespace

AISP_IMPLEMENTATION(run, "pieces of 16 bytes dealt out to the threads in turn");
