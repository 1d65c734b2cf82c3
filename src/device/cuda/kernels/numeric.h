// What the kernels and the tests of their formulas on the host share: one source, compiled by nvcc
// and by the host's compiler.
#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define AISP_FORMULA __host__ __device__ __forceinline__
#define AISP_UNROLL _Pragma("unroll")
#else
#define AISP_FORMULA inline
#define AISP_UNROLL _Pragma("GCC unroll 16")
#endif

namespace aisp::cuda {

// One IEEE operation each, rounded to nearest even, and never fused with a neighbour.
AISP_FORMULA float product(float a, float b) {
#ifdef __CUDA_ARCH__
  return __fmul_rn(a, b);
#else
  return a * b;
#endif
}
AISP_FORMULA double product(double a, double b) {
#ifdef __CUDA_ARCH__
  return __dmul_rn(a, b);
#else
  return a * b;
#endif
}
AISP_FORMULA float sum(float a, float b) {
#ifdef __CUDA_ARCH__
  return __fadd_rn(a, b);
#else
  return a + b;
#endif
}
AISP_FORMULA double sum(double a, double b) {
#ifdef __CUDA_ARCH__
  return __dadd_rn(a, b);
#else
  return a + b;
#endif
}

AISP_FORMULA std::uint32_t bits_of(float v) { return __builtin_bit_cast(std::uint32_t, v); }
AISP_FORMULA std::uint64_t bits_of(double v) { return __builtin_bit_cast(std::uint64_t, v); }
AISP_FORMULA float float_of(std::uint32_t bits) { return __builtin_bit_cast(float, bits); }
AISP_FORMULA double double_of(std::uint64_t bits) { return __builtin_bit_cast(double, bits); }

// The upper 64 bits of a product.
AISP_FORMULA std::uint64_t high_product(std::uint64_t a, std::uint64_t b) {
#ifdef __CUDA_ARCH__
  return __umul64hi(a, b);
#else
  return static_cast<std::uint64_t>(static_cast<unsigned __int128>(a) * b >> 64);
#endif
}

}  // namespace aisp::cuda
