// Eight fields at a time in AVX2, sixteen in AVX-512: subtracting '0' with saturation makes zeros of
// blanks and of the end-of-line, and three multiply-add instructions join neighbours, each with the
// weights that its digits have: pairs (10, 1), then (100, 1) and (10, 1), then (1000, 1).
#include <aisp/aisp.h>
#include <immintrin.h>
#include <kernels/choose.h>

#include <algorithm>
#include <cstdint>

namespace {

// n fields of 8 characters.
void parse_scalar(std::int64_t n, const std::uint8_t* text, std::int32_t* values) {
  for (std::int64_t i = 0; i < n; ++i) {
    std::int32_t value = 0;
    for (int c = 0; c < 7; ++c) {
      const int digit = text[i * 8 + c] - '0';
      value = value * 10 + (digit < 0 ? 0 : digit);
    }
    values[i] = value;
  }
}

// Weights of a field's bytes d0 .. d6 and '\n': the pairs give d0 d1, d2 d3, d4 d5 and d6 alone; those
// give d0 d1 d2 d3 and d4 d5 d6.
constexpr std::int64_t kPairs = 0x0001'010a'010a'010a;  // bytes 10, 1, 10, 1, 10, 1, 1, 0
constexpr std::int64_t kQuads = 0x0001'000a'0001'0064;  // words 100, 1, 10, 1
constexpr std::int32_t kWhole = 0x0001'03e8;            // words 1000, 1

AISP_TARGET_AVX2 void parse_avx2(std::int64_t n, const std::uint8_t* text, std::int32_t* values) {
  const __m256i zero = _mm256_set1_epi8('0'), pairs = _mm256_set1_epi64x(kPairs),
                quads = _mm256_set1_epi64x(kQuads), whole = _mm256_set1_epi32(kWhole);
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    __m256i halves[2];
    for (int h = 0; h < 2; ++h) {
      const __m256i characters =
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + (i + 4 * h) * 8));
      const __m256i digits = _mm256_subs_epu8(characters, zero);
      halves[h] = _mm256_madd_epi16(_mm256_maddubs_epi16(digits, pairs), quads);
    }
    // Numbers below 10,000 fit in 16 bits. Packing works within each 128-bit lane: fields 0 1 4 5 2 3 6 7.
    const __m256i packed = _mm256_packus_epi32(halves[0], halves[1]);
    const __m256i mixed = _mm256_madd_epi16(packed, whole);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(values + i),
                        _mm256_permute4x64_epi64(mixed, 0xd8));
  }
  parse_scalar(n - i, text + i * 8, values + i);
}

AISP_TARGET_AVX512 void parse_avx512(std::int64_t n, const std::uint8_t* text,
                                     std::int32_t* values) {
  const __m512i zero = _mm512_set1_epi8('0'), pairs = _mm512_set1_epi64(kPairs),
                quads = _mm512_set1_epi64(kQuads), whole = _mm512_set1_epi32(kWhole);
  const __m512i order = _mm512_set_epi64(7, 5, 3, 1, 6, 4, 2, 0);  // of pairs of fields
  std::int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    __m512i halves[2];
    for (int h = 0; h < 2; ++h) {
      const __m512i digits = _mm512_subs_epu8(_mm512_loadu_si512(text + (i + 8 * h) * 8), zero);
      halves[h] = _mm512_madd_epi16(_mm512_maddubs_epi16(digits, pairs), quads);
    }
    const __m512i mixed = _mm512_madd_epi16(_mm512_packus_epi32(halves[0], halves[1]), whole);
    _mm512_storeu_si512(values + i, _mm512_permutexvar_epi64(order, mixed));
  }
  parse_scalar(n - i, text + i * 8, values + i);
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const std::uint8_t* text = launch.input<std::uint8_t>(0);
  std::int32_t* values = launch.output<std::int32_t>(0);
  const auto parse = aisp::kernels::choose(parse_scalar, parse_avx2, parse_avx512);
  constexpr std::int64_t kChunk = 1 << 14;  // fields of a task
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; i += kChunk)
    parse(std::min(kChunk, n - i), text + i * 8, values + i);
}

}  // namespace

AISP_IMPLEMENTATION(run, "eight or sixteen fields at a time in vectors");
