// What the CPU versions share: the product, with B packed in setup, and the passes over a row of C.
#pragma once

#include <aisp/implementation.h>
#include <kernels/choose_kernel.h>
#include <kernels/register_tiles.h>

#include <cstdint>

namespace epilogue {

class Product {
 public:
  explicit Product(const aisp::Launch& launch)
      : m_(launch.input_tensor(0).shape[0]),
        n_(launch.input_tensor(1).shape[1]),
        k_(launch.input_tensor(0).shape[1]),
        b_(kernels_, k_, n_, launch.input<float>(1)),
        packed_a_((m_ + kernels_.rows) * k_) {}

  std::int64_t rows() const { return m_; }
  std::int64_t columns() const { return n_; }

  // c = a b, or c = max(a b + bias, 0) where there is a bias.
  void run(const float* a, const float* bias, float* c) {
#pragma omp parallel
    aisp::kernels::packed_gemm(kernels_, m_, n_, k_, a, b_, bias, bias != nullptr, c,
                               packed_a_.data());
  }

 private:
  const aisp::kernels::TileKernels& kernels_ = aisp::kernels::tile_kernels();
  std::int64_t m_;
  std::int64_t n_;
  std::int64_t k_;
  aisp::kernels::PackedColumns b_;
  aisp::kernels::AlignedBuffer<float> packed_a_;
};

struct RowPasses {
  void (*add)(std::int64_t n, const float* bias, float* c);
  void (*relu)(std::int64_t n, float* c);
  void (*add_relu)(std::int64_t n, const float* bias, float* c);
};

#define AISP_ROW_PASSES(set, target)                                              \
  target inline void add_##set(std::int64_t n, const float* __restrict bias,      \
                               float* __restrict c) {                             \
    for (std::int64_t j = 0; j < n; ++j) c[j] += bias[j];                         \
  }                                                                               \
  target inline void relu_##set(std::int64_t n, float* c) {                       \
    for (std::int64_t j = 0; j < n; ++j) c[j] = c[j] > 0 ? c[j] : 0;              \
  }                                                                               \
  target inline void add_relu_##set(std::int64_t n, const float* __restrict bias, \
                                    float* __restrict c) {                        \
    for (std::int64_t j = 0; j < n; ++j) {                                        \
      const float v = c[j] + bias[j];                                             \
      c[j] = v > 0 ? v : 0;                                                       \
    }                                                                             \
  }
AISP_ROW_PASSES(scalar, )
AISP_ROW_PASSES(avx2, AISP_TARGET_AVX2)
AISP_ROW_PASSES(avx512, AISP_TARGET_AVX512)
#undef AISP_ROW_PASSES

inline RowPasses row_passes() {
  using aisp::kernels::choose_kernel;
  return {choose_kernel(add_scalar, add_avx2, add_avx512),
          choose_kernel(relu_scalar, relu_avx2, relu_avx512),
          choose_kernel(add_relu_scalar, add_relu_avx2, add_relu_avx512)};
}

}  // namespace epilogue
