// Four vector accumulators per row hide the latency of the addition.
#include <immintrin.h>

#include "aisp/implementation.h"

namespace {

__attribute__((target("avx2"))) float sum_avx2(const float* in, std::size_t n) {
  __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
  std::size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    s0 = _mm256_add_ps(s0, _mm256_loadu_ps(in + i));
    s1 = _mm256_add_ps(s1, _mm256_loadu_ps(in + i + 8));
    s2 = _mm256_add_ps(s2, _mm256_loadu_ps(in + i + 16));
    s3 = _mm256_add_ps(s3, _mm256_loadu_ps(in + i + 24));
  }
  alignas(32) float lanes[8];
  _mm256_store_ps(lanes, _mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3)));
  float sum = 0;
  for (const float lane : lanes) sum += lane;
  for (; i < n; ++i) sum += in[i];
  return sum;
}

float sum_portable(const float* in, std::size_t n) {
  float s[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (std::size_t lane = 0; lane < 8; ++lane) s[lane] += in[i + lane];
  float sum = 0;
  for (const float lane : s) sum += lane;
  for (; i < n; ++i) sum += in[i];
  return sum;
}

void run(const aisp::Launch& launch) {
  const float* in = launch.input<float>(0);
  float* out = launch.output<float>(0);
  const auto rows = static_cast<std::size_t>(launch.input_tensor(0).shape[0]);
  const auto columns = static_cast<std::size_t>(launch.input_tensor(0).shape[1]);
  const auto sum = __builtin_cpu_supports("avx2") ? sum_avx2 : sum_portable;
  for (std::size_t row = 0; row < rows; ++row) out[row] = sum(in + row * columns, columns);
}

}  // namespace

AISP_IMPLEMENTATION(run, "four AVX2 accumulators per row");
