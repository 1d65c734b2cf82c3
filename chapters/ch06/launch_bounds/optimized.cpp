// Never more than eight vectors of values: rows are transformed from memory into a buffer of 16 KiB, in the
// L1, columns from there to memory.
#include "strips.h"

namespace {

using aisp::ch06::kStrip;

template <int kBytes>
__attribute__((always_inline)) inline void transform_body(std::int64_t count, std::int64_t stride,
                                                          const float* x, float* y) {
  alignas(64) float half[64 * kStrip];
  for (int i = 0; i < 8; ++i)
    for (std::int64_t b = 0; b < count; b += kBytes / 4) {
      aisp::ch06::Lanes<kBytes> v[8];
#pragma GCC unroll 8
      for (int j = 0; j < 8; ++j) v[j].load(x + (8 * i + j) * stride + b);
      aisp::ch06::cosine_transform<1>(v);
#pragma GCC unroll 8
      for (int j = 0; j < 8; ++j) v[j].store(half + (8 * i + j) * kStrip + b);
    }
  for (int j = 0; j < 8; ++j)
    for (std::int64_t b = 0; b < count; b += kBytes / 4) {
      aisp::ch06::Lanes<kBytes> v[8];
#pragma GCC unroll 8
      for (int i = 0; i < 8; ++i) v[i].load(half + (8 * i + j) * kStrip + b);
      aisp::ch06::cosine_transform<1>(v);
#pragma GCC unroll 8
      for (int i = 0; i < 8; ++i) v[i].store(y + (8 * i + j) * stride + b);
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

AISP_IMPLEMENTATION(run, "two passes of eight live vectors, the L1 in between");
