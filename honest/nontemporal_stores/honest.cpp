// Stores past the caches.
#include <immintrin.h>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

__attribute__((target("avx2,fma"))) void stream(const corpus::Axpby& job) {
  const __m256 a = _mm256_set1_ps(job.a), b = _mm256_set1_ps(job.b);
  for (std::size_t i = 0; i < job.n; i += 8)
    _mm256_stream_ps(job.out + i, _mm256_fmadd_ps(a, _mm256_loadu_ps(job.x + i),
                                                  _mm256_mul_ps(b, _mm256_loadu_ps(job.y + i))));
  _mm_sfence();
}

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? stream(job) : job.compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "stores past the caches");
