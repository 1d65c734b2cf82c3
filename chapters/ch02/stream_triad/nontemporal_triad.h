// The triad with stores that go past the caches: whole lines leave for memory without having been read.
#pragma once

#include <aisp/aisp.h>
#include <immintrin.h>
#include <kernels/choose.h>

#include <algorithm>
#include <cstdint>

namespace aisp::ch02 {

inline constexpr std::int64_t kLine = 8;  // doubles in a cache line

// kAhead: how many elements ahead of their use b and c are asked for; 0 leaves that to the
// processor's own prefetchers. a is aligned to a cache line, n is a multiple of kLine.
template <std::int64_t kAhead>
void stream_sse(std::int64_t n, double q, const double* b, const double* c, double* a) {
  const __m128d factor = _mm_set1_pd(q);
  for (std::int64_t i = 0; i < n; i += kLine) {
    if constexpr (kAhead > 0) {
      _mm_prefetch(reinterpret_cast<const char*>(b + i + kAhead), _MM_HINT_NTA);
      _mm_prefetch(reinterpret_cast<const char*>(c + i + kAhead), _MM_HINT_NTA);
    }
    for (std::int64_t j = i; j < i + kLine; j += 2)
      _mm_stream_pd(a + j,
                    _mm_add_pd(_mm_loadu_pd(b + j), _mm_mul_pd(factor, _mm_loadu_pd(c + j))));
  }
  _mm_sfence();
}
template <std::int64_t kAhead>
AISP_TARGET_AVX2 void stream_avx2(std::int64_t n, double q, const double* b, const double* c,
                                  double* a) {
  const __m256d factor = _mm256_set1_pd(q);
  for (std::int64_t i = 0; i < n; i += kLine) {
    if constexpr (kAhead > 0) {
      _mm_prefetch(reinterpret_cast<const char*>(b + i + kAhead), _MM_HINT_NTA);
      _mm_prefetch(reinterpret_cast<const char*>(c + i + kAhead), _MM_HINT_NTA);
    }
    for (std::int64_t j = i; j < i + kLine; j += 4)
      _mm256_stream_pd(a + j,
                       _mm256_fmadd_pd(factor, _mm256_loadu_pd(c + j), _mm256_loadu_pd(b + j)));
  }
  _mm_sfence();
}
template <std::int64_t kAhead>
AISP_TARGET_AVX512 void stream_avx512(std::int64_t n, double q, const double* b, const double* c,
                                      double* a) {
  const __m512d factor = _mm512_set1_pd(q);
  for (std::int64_t i = 0; i < n; i += kLine) {
    if constexpr (kAhead > 0) {
      _mm_prefetch(reinterpret_cast<const char*>(b + i + kAhead), _MM_HINT_NTA);
      _mm_prefetch(reinterpret_cast<const char*>(c + i + kAhead), _MM_HINT_NTA);
    }
    _mm512_stream_pd(a + i,
                     _mm512_fmadd_pd(factor, _mm512_loadu_pd(c + i), _mm512_loadu_pd(b + i)));
  }
  _mm_sfence();
}

template <std::int64_t kAhead>
void nontemporal_triad(const Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const double* b = launch.input<double>(0);
  const double* c = launch.input<double>(1);
  double* a = launch.output<double>(0);
  const double q = launch.param("q");
  const auto triad =
      kernels::choose(stream_sse<kAhead>, stream_avx2<kAhead>, stream_avx512<kAhead>);
  // Up to the first line boundary of a, and behind the last whole line, element by element.
  const auto behind = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(a) / 8 % kLine);
  const std::int64_t begin = std::min(n, (kLine - behind) % kLine);
  const std::int64_t end = begin + (n - begin) / kLine * kLine;
  for (std::int64_t i = 0; i < begin; ++i) a[i] = b[i] + q * c[i];
  constexpr std::int64_t kChunk = 1 << 15;  // elements of a task
#pragma omp parallel for schedule(static)
  for (std::int64_t i = begin; i < end; i += kChunk)
    triad(std::min(kChunk, end - i), q, b + i, c + i, a + i);
  for (std::int64_t i = end; i < n; ++i) a[i] = b[i] + q * c[i];
}

}  // namespace aisp::ch02
