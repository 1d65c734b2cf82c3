#include "device/cpu/peak_kernels.h"

#include <cpuid.h>

#include <cstring>

namespace aisp {
namespace {

// In assembly from end to end: a compiler that spilled a register would make the peak too low, and the
// floor made of it would accuse the innocent. Twelve chains, registers 0 to 11; 12 and 13 hold what is
// multiplied and added.
#define AISP_CHAINS(STEP)                                                                   \
  STEP("0", "0")                                                                            \
  STEP("1", "1")                                                                            \
  STEP("2", "2")                                                                            \
  STEP("3", "3") STEP("4", "4") STEP("5", "5") STEP("6", "6") STEP("7", "7") STEP("8", "8") \
      STEP("9", "9") STEP("10", "10") STEP("11", "11")
#define AISP_CLOBBERED                                                                            \
  "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", \
      "xmm10", "xmm11", "xmm12", "xmm13"
#define AISP_ZERO_VEX(R, I) "vxorps %%xmm" R ", %%xmm" R ", %%xmm" R "\n\t"
#define AISP_ZERO_SSE(R, I) "xorps %%xmm" R ", %%xmm" R "\n\t"
// Aligned stores: `out` is. 64 bytes a chain, whatever the width.
#define AISP_STORE_512(R, I) "vmovups %%zmm" R ", 64*" I "(%[out])\n\t"
#define AISP_STORE_256(R, I) "vmovups %%ymm" R ", 64*" I "(%[out])\n\t"
#define AISP_STORE_128(R, I) "movups %%xmm" R ", 64*" I "(%[out])\n\t"

#define AISP_FMA_PS_512(R, I) "vfmadd213ps %%zmm13, %%zmm12, %%zmm" R "\n\t"
#define AISP_FMA_PS_256(R, I) "vfmadd213ps %%ymm13, %%ymm12, %%ymm" R "\n\t"
#define AISP_FMA_PD_512(R, I) "vfmadd213pd %%zmm13, %%zmm12, %%zmm" R "\n\t"
#define AISP_FMA_PD_256(R, I) "vfmadd213pd %%ymm13, %%ymm12, %%ymm" R "\n\t"
#define AISP_MULADD_PS(R, I) "mulps %%xmm12, %%xmm" R "\n\taddps %%xmm13, %%xmm" R "\n\t"
#define AISP_MULADD_PD(R, I) "mulpd %%xmm12, %%xmm" R "\n\taddpd %%xmm13, %%xmm" R "\n\t"
#define AISP_DOT_BF16(R, I) "vdpbf16ps %%zmm13, %%zmm12, %%zmm" R "\n\t"
#define AISP_DOT_INT8(R, I) "vpdpbusd %%zmm13, %%zmm12, %%zmm" R "\n\t"

#define AISP_LOOP(ZERO, SETUP, STEP, STORE, END)                                                  \
  __asm__ volatile(AISP_CHAINS(ZERO) SETUP                                                        \
                   "1:\n\t" AISP_CHAINS(STEP) "dec %[steps]\n\tjnz 1b\n\t" AISP_CHAINS(STORE) END \
                   : [steps] "+r"(steps)                                                          \
                   : [a] "m"(a), [b] "m"(b), [out] "r"(out)                                       \
                   : AISP_CLOBBERED)

template <class T>
bool all_are(const unsigned char* out, std::size_t width, T wanted) {
  for (std::size_t chain = 0; chain < static_cast<std::size_t>(kArithmeticChains); ++chain)
    for (std::size_t at = 0; at < width; at += sizeof(T)) {
      T got;
      std::memcpy(&got, out + chain * 64 + at, sizeof got);
      if (got != wanted) return false;
    }
  return true;
}

// x = x / 2 + 1 from 0: 2 after as many steps as the type has bits, and before that less.
template <class T>
T halved_and_one(std::int64_t steps) {
  T x = 0;
  for (std::int64_t i = 0; i < steps && i < 100; ++i) x = x * T(0.5) + T(1);
  return x;
}

struct alignas(64) Out {
  unsigned char bytes[64 * kArithmeticChains];
};

bool fp32_avx512(std::int64_t steps) {
  const float a = 0.5f, b = 1, wanted = halved_and_one<float>(steps);
  Out result;
  unsigned char* out = result.bytes;
  AISP_LOOP(AISP_ZERO_VEX, "vbroadcastss %[a], %%zmm12\n\tvbroadcastss %[b], %%zmm13\n\t",
            AISP_FMA_PS_512, AISP_STORE_512, "vzeroupper");
  return all_are(out, 64, wanted);
}
bool fp32_avx2(std::int64_t steps) {
  const float a = 0.5f, b = 1, wanted = halved_and_one<float>(steps);
  Out result;
  unsigned char* out = result.bytes;
  AISP_LOOP(AISP_ZERO_VEX, "vbroadcastss %[a], %%ymm12\n\tvbroadcastss %[b], %%ymm13\n\t",
            AISP_FMA_PS_256, AISP_STORE_256, "vzeroupper");
  return all_are(out, 32, wanted);
}
// No fused multiply-add in SSE2: a multiplication and an addition, on their own units.
bool fp32_sse2(std::int64_t steps) {
  const float a = 0.5f, b = 1, wanted = halved_and_one<float>(steps);
  Out result;
  unsigned char* out = result.bytes;
  AISP_LOOP(AISP_ZERO_SSE,
            "movss %[a], %%xmm12\n\tshufps $0, %%xmm12, %%xmm12\n\t"
            "movss %[b], %%xmm13\n\tshufps $0, %%xmm13, %%xmm13\n\t",
            AISP_MULADD_PS, AISP_STORE_128, "");
  return all_are(out, 16, wanted);
}
bool fp64_avx512(std::int64_t steps) {
  const double a = 0.5, b = 1, wanted = halved_and_one<double>(steps);
  Out result;
  unsigned char* out = result.bytes;
  AISP_LOOP(AISP_ZERO_VEX, "vbroadcastsd %[a], %%zmm12\n\tvbroadcastsd %[b], %%zmm13\n\t",
            AISP_FMA_PD_512, AISP_STORE_512, "vzeroupper");
  return all_are(out, 64, wanted);
}
bool fp64_avx2(std::int64_t steps) {
  const double a = 0.5, b = 1, wanted = halved_and_one<double>(steps);
  Out result;
  unsigned char* out = result.bytes;
  AISP_LOOP(AISP_ZERO_VEX, "vbroadcastsd %[a], %%ymm12\n\tvbroadcastsd %[b], %%ymm13\n\t",
            AISP_FMA_PD_256, AISP_STORE_256, "vzeroupper");
  return all_are(out, 32, wanted);
}
bool fp64_sse2(std::int64_t steps) {
  const double a = 0.5, b = 1, wanted = halved_and_one<double>(steps);
  Out result;
  unsigned char* out = result.bytes;
  AISP_LOOP(AISP_ZERO_SSE,
            "movsd %[a], %%xmm12\n\tunpcklpd %%xmm12, %%xmm12\n\t"
            "movsd %[b], %%xmm13\n\tunpcklpd %%xmm13, %%xmm13\n\t",
            AISP_MULADD_PD, AISP_STORE_128, "");
  return all_are(out, 16, wanted);
}
// Pairs of ones: each step adds 2. Exact up to 2^24.
bool bf16_avx512(std::int64_t steps) {
  const std::uint32_t a = 0x3f803f80, b = 0x3f803f80;
  const auto wanted = static_cast<float>(2 * steps);
  Out result;
  unsigned char* out = result.bytes;
  AISP_LOOP(AISP_ZERO_VEX, "vpbroadcastd %[a], %%zmm12\n\tvpbroadcastd %[b], %%zmm13\n\t",
            AISP_DOT_BF16, AISP_STORE_512, "vzeroupper");
  return all_are(out, 64, wanted);
}
// Quadruples of ones: each step adds 4.
bool int8_avx512(std::int64_t steps) {
  const std::uint32_t a = 0x01010101, b = 0x01010101;
  const auto wanted = static_cast<std::int32_t>(4 * steps);
  Out result;
  unsigned char* out = result.bytes;
  AISP_LOOP(AISP_ZERO_VEX, "vpbroadcastd %[a], %%zmm12\n\tvpbroadcastd %[b], %%zmm13\n\t",
            AISP_DOT_INT8, AISP_STORE_512, "vzeroupper");
  return all_are(out, 64, wanted);
}

bool has_vnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return best_isa() == Isa::avx512 && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 &&
         (c >> 11 & 1) != 0;
}
bool has_bf16() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return best_isa() == Isa::avx512 && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 &&
         (a >> 5 & 1) != 0;
}

// Eight loads a turn into four sums.
#define AISP_ADD_512(I, R) "vpaddq " I "(%[at]), %%zmm" R ", %%zmm" R "\n\t"
#define AISP_ADD_256(I, R) "vpaddq " I "(%[at]), %%ymm" R ", %%ymm" R "\n\t"

std::uint64_t sum_avx512(const unsigned char* at, const unsigned char* end) {
  alignas(64) std::uint64_t sums[8];
  __asm__ volatile(
      "vpxor %%xmm0, %%xmm0, %%xmm0\n\tvpxor %%xmm1, %%xmm1, %%xmm1\n\t"
      "vpxor %%xmm2, %%xmm2, %%xmm2\n\tvpxor %%xmm3, %%xmm3, %%xmm3\n\t1:\n\t"
      AISP_ADD_512("0", "0") AISP_ADD_512("64", "1") AISP_ADD_512("128", "2")
      AISP_ADD_512("192", "3") AISP_ADD_512("256", "0") AISP_ADD_512("320", "1")
      AISP_ADD_512("384", "2") AISP_ADD_512("448", "3")
      "add $512, %[at]\n\tcmp %[end], %[at]\n\tjb 1b\n\t"
      "vpaddq %%zmm1, %%zmm0, %%zmm0\n\tvpaddq %%zmm3, %%zmm2, %%zmm2\n\t"
      "vpaddq %%zmm2, %%zmm0, %%zmm0\n\tvmovups %%zmm0, (%[out])\n\tvzeroupper"
      : [at] "+r"(at)
      : [end] "r"(end), [out] "r"(sums)
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3");
  std::uint64_t sum = 0;
  for (const std::uint64_t s : sums) sum += s;
  return sum;
}

std::uint64_t sum_avx2(const unsigned char* at, const unsigned char* end) {
  alignas(64) std::uint64_t sums[4];
  __asm__ volatile(
      "vpxor %%xmm0, %%xmm0, %%xmm0\n\tvpxor %%xmm1, %%xmm1, %%xmm1\n\t"
      "vpxor %%xmm2, %%xmm2, %%xmm2\n\tvpxor %%xmm3, %%xmm3, %%xmm3\n\t1:\n\t"
      AISP_ADD_256("0", "0") AISP_ADD_256("32", "1") AISP_ADD_256("64", "2")
      AISP_ADD_256("96", "3") AISP_ADD_256("128", "0") AISP_ADD_256("160", "1")
      AISP_ADD_256("192", "2") AISP_ADD_256("224", "3")
      "add $256, %[at]\n\tcmp %[end], %[at]\n\tjb 1b\n\t"
      "vpaddq %%ymm1, %%ymm0, %%ymm0\n\tvpaddq %%ymm3, %%ymm2, %%ymm2\n\t"
      "vpaddq %%ymm2, %%ymm0, %%ymm0\n\tvmovups %%ymm0, (%[out])\n\tvzeroupper"
      : [at] "+r"(at)
      : [end] "r"(end), [out] "r"(sums)
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3");
  return sums[0] + sums[1] + sums[2] + sums[3];
}

std::uint64_t sum_sse2(const unsigned char* at, const unsigned char* end) {
  alignas(64) std::uint64_t sums[2];
  __asm__ volatile(
      "pxor %%xmm0, %%xmm0\n\tpxor %%xmm1, %%xmm1\n\t1:\n\t"
      "movdqu (%[at]), %%xmm2\n\tpaddq %%xmm2, %%xmm0\n\t"
      "movdqu 16(%[at]), %%xmm3\n\tpaddq %%xmm3, %%xmm1\n\t"
      "movdqu 32(%[at]), %%xmm4\n\tpaddq %%xmm4, %%xmm0\n\t"
      "movdqu 48(%[at]), %%xmm5\n\tpaddq %%xmm5, %%xmm1\n\t"
      "add $64, %[at]\n\tcmp %[end], %[at]\n\tjb 1b\n\t"
      "paddq %%xmm1, %%xmm0\n\tmovdqu %%xmm0, (%[out])"
      : [at] "+r"(at)
      : [end] "r"(end), [out] "r"(sums)
      : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5");
  return sums[0] + sums[1];
}

}  // namespace

std::vector<ArithmeticKernel> arithmetic_kernels() {
  std::vector<ArithmeticKernel> kernels = {{"fp64", "sse2", 4, fp64_sse2},
                                           {"fp32", "sse2", 8, fp32_sse2}};
  if (best_isa() >= Isa::avx2) {
    kernels.push_back({"fp64", "avx2", 8, fp64_avx2});
    kernels.push_back({"fp32", "avx2", 16, fp32_avx2});
  }
  if (best_isa() >= Isa::avx512) {
    kernels.push_back({"fp64", "avx512", 16, fp64_avx512});
    kernels.push_back({"fp32", "avx512", 32, fp32_avx512});
  }
  if (has_bf16()) kernels.push_back({"bf16", "avx512-bf16", 64, bf16_avx512});
  if (has_vnni()) kernels.push_back({"int8", "avx512-vnni", 128, int8_avx512});
  return kernels;
}

ArithmeticKernel best_fp32_kernel() {
  switch (best_isa()) {
    case Isa::avx512: return {"fp32", "avx512", 32, fp32_avx512};
    case Isa::avx2: return {"fp32", "avx2", 16, fp32_avx2};
    case Isa::sse2: break;
  }
  return {"fp32", "sse2", 8, fp32_sse2};
}

std::uint64_t sum_words(const void* data, std::size_t bytes) {
  const auto* at = static_cast<const unsigned char*>(data);
  if (bytes == 0) return 0;
  switch (best_isa()) {
    case Isa::avx512: return sum_avx512(at, at + bytes);
    case Isa::avx2: return sum_avx2(at, at + bytes);
    case Isa::sse2: break;
  }
  return sum_sse2(at, at + bytes);
}

// Loops as they are written: a copy must not become a call of memcpy, which decides otherwise about
// stores that pass by the caches.
#define AISP_AS_WRITTEN __attribute__((noinline, optimize("no-tree-loop-distribute-patterns")))

AISP_AS_WRITTEN void stream_copy(std::span<const double> a, std::span<double> c) {
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = a[i];
}
AISP_AS_WRITTEN void stream_scale(double s, std::span<const double> c, std::span<double> b) {
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = s * c[i];
}
AISP_AS_WRITTEN void stream_add(std::span<const double> a, std::span<const double> b,
                                std::span<double> c) {
  for (std::size_t i = 0; i < c.size(); ++i) c[i] = a[i] + b[i];
}
AISP_AS_WRITTEN void stream_triad(double s, std::span<const double> b, std::span<const double> c,
                                  std::span<double> a) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = b[i] + s * c[i];
}

std::uint64_t chase(const std::uint64_t* words, std::uint64_t at, std::int64_t steps) {
  for (; steps > 0; --steps) at = words[at];
  return at;
}

std::uint64_t dependent_additions(std::int64_t steps) {
  std::uint64_t x = 0;
  const std::uint64_t one = 1;
  std::int64_t turns = steps / 16;
  // A register is added: some processors run additions of small constants through without waiting.
  __asm__ volatile(
      "1:\n\t"
      "add %[one], %[x]\n\tadd %[one], %[x]\n\tadd %[one], %[x]\n\tadd %[one], %[x]\n\t"
      "add %[one], %[x]\n\tadd %[one], %[x]\n\tadd %[one], %[x]\n\tadd %[one], %[x]\n\t"
      "add %[one], %[x]\n\tadd %[one], %[x]\n\tadd %[one], %[x]\n\tadd %[one], %[x]\n\t"
      "add %[one], %[x]\n\tadd %[one], %[x]\n\tadd %[one], %[x]\n\tadd %[one], %[x]\n\t"
      "dec %[turns]\n\tjnz 1b"
      : [x] "+r"(x), [turns] "+r"(turns)
      : [one] "r"(one)
      : "cc");
  return x;
}

}  // namespace aisp
