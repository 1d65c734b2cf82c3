// A vector of blocks at a time, all 64 values of each at once, as on the GPU: 64 vectors for 16 or 32
// registers. The compiler keeps the rest on the stack.
#include "strips.h"

namespace {

template <int kBytes>
__attribute__((always_inline)) inline void transform_body(std::int64_t count, std::int64_t stride,
                                                          const float* x, float* y) {
  for (std::int64_t b = 0; b < count; b += kBytes / 4) {
    aisp::ch06::Lanes<kBytes> values[64];
#pragma GCC unroll 64
    for (int e = 0; e < 64; ++e) values[e].load(x + e * stride + b);
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) aisp::ch06::cosine_transform<1>(values + 8 * i);
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) aisp::ch06::cosine_transform<8>(values + j);
#pragma GCC unroll 64
    for (int e = 0; e < 64; ++e) values[e].store(y + e * stride + b);
  }
}
void scalar(std::int64_t count, std::int64_t stride, const float* x, float* y) {
  transform_body<16>(count, stride, x, y);
}
AISP_TARGET_AVX2 void avx2(std::int64_t count, std::int64_t stride, const float* x, float* y) {
  transform_body<32>(count, stride, x, y);
}
AISP_TARGET_AVX512 void avx512(std::int64_t count, std::int64_t stride, const float* x, float* y) {
  transform_body<64>(count, stride, x, y);
}

void run(const aisp::Launch& launch) {
  aisp::ch06::run_strips(
      launch, aisp::kernels::choose_kernel<aisp::ch06::TransformStrip>(scalar, avx2, avx512));
}

}  // namespace

AISP_IMPLEMENTATION(run, "64 live vectors, most of them on the stack");
