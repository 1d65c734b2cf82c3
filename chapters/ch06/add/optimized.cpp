// The same loop, with stores that go past the caches (non-temporal): a whole line is gathered in the
// write-combining buffer and leaves for memory without having been read. 12 bytes an element in
// place of 16, so at most 4/3 times faster where memory is what both wait for.
#include <aisp/aisp.h>
#include <immintrin.h>
#include <kernels/instruction_set.h>

#include <algorithm>
#include <cstdint>

namespace {

constexpr std::int64_t kLine = 16;  // floats in a cache line

void add_plain(std::int64_t n, const float* a, const float* b, float* c) {
  for (std::int64_t i = 0; i < n; ++i) c[i] = a[i] + b[i];
}

// c is aligned to a cache line and n is a multiple of kLine.
void stream_sse(std::int64_t n, const float* a, const float* b, float* c) {
  for (std::int64_t i = 0; i < n; i += 4)
    _mm_stream_ps(c + i, _mm_add_ps(_mm_loadu_ps(a + i), _mm_loadu_ps(b + i)));
  _mm_sfence();
}
AISP_TARGET_AVX2 void stream_avx2(std::int64_t n, const float* a, const float* b, float* c) {
  for (std::int64_t i = 0; i < n; i += 8)
    _mm256_stream_ps(c + i, _mm256_add_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i)));
  _mm_sfence();
}
AISP_TARGET_AVX512 void stream_avx512(std::int64_t n, const float* a, const float* b, float* c) {
  for (std::int64_t i = 0; i < n; i += 16)
    _mm512_stream_ps(c + i, _mm512_add_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i)));
  _mm_sfence();
}

using Stream = void (*)(std::int64_t, const float*, const float*, float*);

Stream stream() {
  using aisp::kernels::InstructionSet;
  switch (aisp::kernels::widest(InstructionSet::avx512)) {
    case InstructionSet::scalar: return stream_sse;
    case InstructionSet::avx2: return stream_avx2;
    case InstructionSet::avx512:
    case InstructionSet::avx512_bf16: return stream_avx512;
  }
  return stream_sse;
}

constexpr std::int64_t kChunk = 1 << 16;  // elements of a task

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const float* a = launch.input<float>(0);
  const float* b = launch.input<float>(1);
  float* c = launch.output<float>(0);
  const Stream add = stream();
  // Up to the first line boundary of c, and behind the last whole line.
  const auto behind = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(c) / 4 % kLine);
  const std::int64_t begin = std::min(n, (kLine - behind) % kLine);
  const std::int64_t end = begin + (n - begin) / kLine * kLine;
  add_plain(begin, a, b, c);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = begin; i < end; i += kChunk)
    add(std::min(kChunk, end - i), a + i, b + i, c + i);
  add_plain(n - end, a + end, b + end, c + end);
}

}  // namespace

AISP_IMPLEMENTATION(run, "parallel vectorized loop, non-temporal stores");
