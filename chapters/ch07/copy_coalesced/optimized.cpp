// Each thread copies a part of its own that lies in one place: no line is written by two of them, and each
// core's prefetcher sees one stream.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

namespace {

constexpr std::int64_t kPiece = 4;  // floats

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const float* a = launch.input<float>(0);
  float* b = launch.output<float>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; i += kPiece)
    for (std::int64_t j = i; j < std::min(n, i + kPiece); ++j) b[j] = a[j];
}

}  // namespace

AISP_IMPLEMENTATION(run, "a contiguous part for each thread");
