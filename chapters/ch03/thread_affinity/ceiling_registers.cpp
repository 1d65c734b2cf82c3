// How far it could go: a vector of elements through all sweeps without leaving the registers. Nobody
// needs affinity then; it is another algorithm, which a sweep that needs its neighbours would not allow.
#include <aisp/aisp.h>
#include <kernels/choose.h>

#include <cstdint>

namespace {

constexpr std::int64_t kTogether = 128;  // elements: eight vectors of AVX-512 hide the latency of an FMA

AISP_INLINE_BODY void chain_body(std::int64_t sweeps, const float* a, const float* b, const float* x,
                                 float* y) {
  float values[kTogether];
  for (std::int64_t i = 0; i < kTogether; ++i) values[i] = x[i];
  for (std::int64_t s = 0; s < sweeps; ++s)
#pragma GCC unroll 128
    for (std::int64_t i = 0; i < kTogether; ++i) values[i] = a[s] * values[i] + b[s];
  for (std::int64_t i = 0; i < kTogether; ++i) y[i] = values[i];
}
void chain_scalar(std::int64_t sweeps, const float* a, const float* b, const float* x, float* y) {
  chain_body(sweeps, a, b, x, y);
}
AISP_TARGET_AVX2 void chain_avx2(std::int64_t sweeps, const float* a, const float* b,
                                 const float* x, float* y) {
  chain_body(sweeps, a, b, x, y);
}
AISP_TARGET_AVX512 void chain_avx512(std::int64_t sweeps, const float* a, const float* b,
                                     const float* x, float* y) {
  chain_body(sweeps, a, b, x, y);
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const auto sweeps = static_cast<std::int64_t>(launch.input_tensor(1).elements);
  const float* x = launch.input<float>(0);
  const float* a = launch.input<float>(1);
  const float* b = launch.input<float>(2);
  float* y = launch.output<float>(0);
  const auto chain = aisp::kernels::choose(chain_scalar, chain_avx2, chain_avx512);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; i += kTogether) {
    if (i + kTogether <= n) {
      chain(sweeps, a, b, x + i, y + i);
      continue;
    }
    for (std::int64_t j = i; j < n; ++j) {
      y[j] = x[j];
      for (std::int64_t s = 0; s < sweeps; ++s) y[j] = a[s] * y[j] + b[s];
    }
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "all sweeps in registers");
