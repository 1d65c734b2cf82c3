// A contiguous part for each thread, and stores past the caches (chapter 6, `add`): 8 bytes an element
// travel, and not 12.
#include <aisp/aisp.h>
#include <immintrin.h>

#include <algorithm>
#include <cstdint>

namespace {

constexpr std::int64_t kLine = 16;       // floats
constexpr std::int64_t kTask = 1 << 16;  // floats, a multiple of kLine

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const float* a = launch.input<float>(0);
  float* b = launch.output<float>(0);
  const bool aligned = reinterpret_cast<std::uintptr_t>(b) % 64 == 0;
  const std::int64_t whole = aligned ? n / kLine * kLine : 0;
#pragma omp parallel for schedule(static)
  for (std::int64_t task = 0; task < whole; task += kTask) {
    for (std::int64_t i = task; i < std::min(whole, task + kTask); i += 4)
      _mm_stream_ps(b + i, _mm_loadu_ps(a + i));
    _mm_sfence();
  }
  for (std::int64_t i = whole; i < n; ++i) b[i] = a[i];
}

}  // namespace

AISP_IMPLEMENTATION(run, "a contiguous part for each thread, non-temporal stores");
