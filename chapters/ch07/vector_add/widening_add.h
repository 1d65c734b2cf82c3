// Sixteen (AVX-512) or eight (AVX2) elements at a time: bf16 is the upper half of an fp32, so that widening
// is a shift, and rounding to nearest even is adding 0x7fff and the last bit that stays. NaN is kept by a
// select, not by a branch.
#pragma once

#include <aisp/dtype.h>
#include <immintrin.h>
#include <kernels/choose_kernel.h>

#include <cstdint>

namespace aisp::ch07 {

// c[0 .. n) = a + b. kStream: stores past the caches, for c at the start of a cache line.
using AddRange = void (*)(std::int64_t n, const std::uint16_t* a, const std::uint16_t* b,
                          std::uint16_t* c);

inline void add_one_by_one(std::int64_t n, const std::uint16_t* a, const std::uint16_t* b,
                           std::uint16_t* c) {
  for (std::int64_t i = 0; i < n; ++i)
    c[i] = float_to_bf16(bf16_to_float(a[i]) + bf16_to_float(b[i]));
}

AISP_TARGET_AVX2 __attribute__((always_inline)) inline __m256i rounded_avx2(__m256 sum) {
  const __m256i bits = _mm256_castps_si256(sum);
  const __m256i last = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i up = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), last);
  const __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
  const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(sum, sum, _CMP_UNORD_Q));
  return _mm256_srli_epi32(_mm256_blendv_epi8(up, quiet, nan), 16);
}

AISP_TARGET_AVX2 __attribute__((always_inline)) inline __m256 widened_avx2(const std::uint16_t* p) {
  const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
}

template <bool kStream>
AISP_TARGET_AVX2 void add_avx2(std::int64_t n, const std::uint16_t* a, const std::uint16_t* b,
                               std::uint16_t* c) {
  std::int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const __m256i low = rounded_avx2(_mm256_add_ps(widened_avx2(a + i), widened_avx2(b + i)));
    const __m256i high =
        rounded_avx2(_mm256_add_ps(widened_avx2(a + i + 8), widened_avx2(b + i + 8)));
    // packus works in halves of 128 bits: 0 2 1 3 puts its quarters in order.
    const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, high), 0xd8);
    __m256i* to = reinterpret_cast<__m256i*>(c + i);
    if constexpr (kStream)
      _mm256_stream_si256(to, packed);
    else
      _mm256_storeu_si256(to, packed);
  }
  add_one_by_one(n - i, a + i, b + i, c + i);
  if constexpr (kStream) _mm_sfence();
}

template <bool kStream>
AISP_TARGET_AVX512 void add_avx512(std::int64_t n, const std::uint16_t* a, const std::uint16_t* b,
                                   std::uint16_t* c) {
  std::int64_t i = 0;
  for (; i + 32 <= n; i += 32) {
    __m256i half[2];
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a + i + 16 * h));
      const __m256i y = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + i + 16 * h));
      const __m512 sum =
          _mm512_add_ps(_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(x), 16)),
                        _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(y), 16)));
      const __m512i bits = _mm512_castps_si512(sum);
      const __m512i last = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
      const __m512i up = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), last);
      const __mmask16 nan = _mm512_cmp_ps_mask(sum, sum, _CMP_UNORD_Q);
      const __m512i result = _mm512_mask_or_epi32(up, nan, bits, _mm512_set1_epi32(0x400000));
      half[h] = _mm512_cvtepi32_epi16(_mm512_srli_epi32(result, 16));
    }
    const __m512i both = _mm512_inserti64x4(_mm512_castsi256_si512(half[0]), half[1], 1);
    if constexpr (kStream)
      _mm512_stream_si512(reinterpret_cast<__m512i*>(c + i), both);
    else
      _mm512_storeu_si512(c + i, both);
  }
  add_one_by_one(n - i, a + i, b + i, c + i);
  if constexpr (kStream) _mm_sfence();
}

template <bool kStream>
AddRange add_range() {
  return kernels::choose_kernel<AddRange>(add_one_by_one, add_avx2<kStream>, add_avx512<kStream>);
}

}  // namespace aisp::ch07
