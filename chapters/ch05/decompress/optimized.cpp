// Eight numbers at a time. 8 x 11 bits are 11 bytes, so that eight numbers begin at a byte and all groups
// look alike: one shuffle brings the bytes of each number into a 32-bit lane, a shift by lane and a mask
// cut it out. The running sum over eight lanes takes three steps of shift and add in place of eight
// additions that wait for each other.
#include <aisp/aisp.h>
#include <immintrin.h>
#include <kernels/instruction_set.h>

#include "packed_block.h"

namespace {

using namespace aisp::ch05;

// Number i of a group begins at bit 11 i: in byte 11 i / 8, and takes part of three bytes at most.
AISP_TARGET_AVX2 void unpack_avx2(const std::uint32_t* packed, std::int32_t first,
                                  std::int32_t* values) {
  // Both lanes get the same 16 bytes; numbers 0 .. 3 begin at bytes 0, 1, 2, 4, numbers 4 .. 7 at 5, 6,
  // 8, 9 of the group.
  const __m256i bytes = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 4, 5, 6, 7,  //
                                         5, 6, 7, 8, 6, 7, 8, 9, 8, 9, 10, 11, 9, 10, 11, 12);
  const __m256i shifts = _mm256_setr_epi32(0, 3, 6, 1, 4, 7, 2, 5);
  const __m256i mask = _mm256_set1_epi32(static_cast<int>(kMask));
  const auto* at = reinterpret_cast<const char*>(packed);
  __m256i before = _mm256_set1_epi32(first);
  const auto group = [&](const char* from, std::int64_t i) AISP_TARGET_AVX2 {
    const __m128i raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m256i spread = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(raw), bytes);
    __m256i sum = _mm256_and_si256(_mm256_srlv_epi32(spread, shifts), mask);
    sum = _mm256_add_epi32(sum, _mm256_slli_si256(sum, 4));
    sum = _mm256_add_epi32(sum, _mm256_slli_si256(sum, 8));
    // Each lane of 128 bits has its own sums now; the upper one lacks the lower one's total.
    const __m256i total = _mm256_permute2x128_si256(sum, sum, 0x08);  // zero, then the lower lane
    sum = _mm256_add_epi32(sum, _mm256_shuffle_epi32(total, 0xff));
    sum = _mm256_add_epi32(sum, before);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(values + i), sum);
    before = _mm256_permutevar8x32_epi32(sum, _mm256_set1_epi32(7));
  };
  for (std::int64_t i = 0; i < kBlock - 8; i += 8, at += kBits) group(at, i);
  // Eleven bytes are left, and sixteen would be read.
  char last[16] = {};
  std::memcpy(last, at, kBits);
  group(last, kBlock - 8);
}

void run(const aisp::Launch& launch) {
  const std::int64_t blocks = launch.output_tensor(0).shape[0];
  const std::uint32_t* packed = launch.input<std::uint32_t>(0);
  const std::int32_t* first = launch.input<std::int32_t>(1);
  std::int32_t* values = launch.output<std::int32_t>(0);
  using aisp::kernels::InstructionSet;
  const auto unpack = aisp::kernels::widest(InstructionSet::avx2) == InstructionSet::avx2
                          ? unpack_avx2
                          : unpack_block;
#pragma omp parallel for schedule(static)
  for (std::int64_t b = 0; b < blocks; ++b)
    unpack(packed + b * kWords, first[b], values + b * kBlock);
}

}  // namespace

AISP_IMPLEMENTATION(run, "eight numbers at a time, sums across a vector");
