// Rows of a matrix times a vector, from a copy whose pages lie where `kCopy` puts them: a page comes from
// the node of the thread that first writes to it.
#pragma once

#include <aisp/aisp.h>
#include <immintrin.h>
#include <kernels/choose.h>
#include <kernels/register_tiles.h>

#include <cstring>

namespace aisp::ch03 {

// Independent sums hide the latency of an addition, as in ch10:reduction.
inline constexpr int kSums = 128;

AISP_INLINE_BODY float dot_body(std::int64_t n, const float* __restrict a,
                                const float* __restrict b) {
  float sums[kSums] = {};
  std::int64_t i = 0;
  for (; i + kSums <= n; i += kSums)
#pragma GCC unroll 128
    for (int j = 0; j < kSums; ++j) sums[j] += a[i + j] * b[i + j];
  float total = 0;
  for (; i < n; ++i) total += a[i] * b[i];
  for (const float sum : sums) total += sum;
  return total;
}
inline float dot_scalar(std::int64_t n, const float* a, const float* b) {
  return dot_body(n, a, b);
}
AISP_TARGET_AVX2 inline float dot_avx2(std::int64_t n, const float* a, const float* b) {
  return dot_body(n, a, b);
}
AISP_TARGET_AVX512 inline float dot_avx512(std::int64_t n, const float* a, const float* b) {
  return dot_body(n, a, b);
}

enum class FirstTouch { one_thread, reading_thread };

template <FirstTouch kCopy>
class PlacedRows {
 public:
  explicit PlacedRows(const Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        columns_(launch.input_tensor(0).shape[1]),
        copy_(rows_ * columns_) {
    const float* w = launch.input<float>(0);
    const auto bytes = static_cast<std::size_t>(columns_) * sizeof(float);
    // The loop and the schedule of run(), so that a row is copied by the thread that will read it.
#pragma omp parallel for schedule(static) if (kCopy == FirstTouch::reading_thread)
    for (std::int64_t r = 0; r < rows_; ++r)
      std::memcpy(copy_.data() + r * columns_, w + r * columns_, bytes);
  }

  void run(const Launch& launch) {
    const float* x = launch.input<float>(1);
    float* y = launch.output<float>(0);
    const auto dot = kernels::choose(dot_scalar, dot_avx2, dot_avx512);
#pragma omp parallel for schedule(static)
    for (std::int64_t r = 0; r < rows_; ++r) y[r] = dot(columns_, copy_.data() + r * columns_, x);
  }

 private:
  std::int64_t rows_;
  std::int64_t columns_;
  kernels::AlignedBuffer<float> copy_;
};

}  // namespace aisp::ch03
