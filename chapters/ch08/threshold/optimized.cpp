// No question: w is loaded and multiplied always, and a mask selects. The compiler makes vectors of it.
#include <aisp/aisp.h>
#include <kernels/choose_kernel.h>

#include <algorithm>
#include <cstdint>

namespace {

using Gate = void (*)(std::int64_t n, float limit, const float* x, const float* w, float* y);

__attribute__((always_inline)) inline void gate_body(std::int64_t n, float limit,
                                                     const float* __restrict x,
                                                     const float* __restrict w,
                                                     float* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float product = x[i] * w[i];
    y[i] = x[i] > limit ? product : x[i];
  }
}
void scalar(std::int64_t n, float limit, const float* x, const float* w, float* y) {
  gate_body(n, limit, x, w, y);
}
AISP_TARGET_AVX2 void avx2(std::int64_t n, float limit, const float* x, const float* w, float* y) {
  gate_body(n, limit, x, w, y);
}
AISP_TARGET_AVX512 void avx512(std::int64_t n, float limit, const float* x, const float* w,
                               float* y) {
  gate_body(n, limit, x, w, y);
}

constexpr std::int64_t kTask = 1 << 16;

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const auto limit = static_cast<float>(launch.param("limit"));
  const float* x = launch.input<float>(0);
  const float* w = launch.input<float>(1);
  float* y = launch.output<float>(0);
  const Gate gate = aisp::kernels::choose_kernel<Gate>(scalar, avx2, avx512);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; i += kTask)
    gate(std::min(kTask, n - i), limit, x + i, w + i, y + i);
}

}  // namespace

AISP_IMPLEMENTATION(run, "products always, selected by a mask");
