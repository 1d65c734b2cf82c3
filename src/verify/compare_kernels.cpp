#include "verify/compare_kernels.h"

#include <immintrin.h>

// A fused multiply-add rounds once where the formulas round twice: with it the bits would depend on
// the instruction set.
#pragma GCC optimize("fp-contract=off")

namespace aisp {
namespace {

namespace sse2 {
#define AISP_VECTOR_BYTES 16
#include "verify/compare_kernels.inc"
#undef AISP_VECTOR_BYTES
}  // namespace sse2

#pragma GCC push_options
#pragma GCC target("avx2,bmi2,fma")
namespace avx2 {
#define AISP_VECTOR_BYTES 32
#include "verify/compare_kernels.inc"
#undef AISP_VECTOR_BYTES
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx2,bmi2,fma,avx512f,avx512bw,avx512dq,avx512vl")
namespace avx512 {
#define AISP_VECTOR_BYTES 64
#include "verify/compare_kernels.inc"
#undef AISP_VECTOR_BYTES
}  // namespace avx512
#pragma GCC pop_options

}  // namespace

const CompareKernels& compare_kernels(Isa isa) {
  switch (isa) {
    case Isa::avx512: return avx512::kKernels;
    case Isa::avx2: return avx2::kKernels;
    case Isa::sse2: break;
  }
  return sse2::kKernels;
}

}  // namespace aisp
