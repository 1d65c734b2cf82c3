// The filter on a strip of a row, kTaps taps at a time: sums are loaded and stored once for kTaps products.
#pragma once

#include <aisp/aisp.h>
#include <kernels/choose_kernel.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace aisp::ch08 {

// y[0 .. n) of one row; x points at the row of the last tap, `stride` floats a row.
using FilterStrip = void (*)(std::int64_t n, std::int64_t taps, std::int64_t stride, const float* x,
                             const float* w, float* y);

template <int kBytes, int kTaps>
__attribute__((always_inline)) inline void filter_strip_body(std::int64_t n, std::int64_t taps,
                                                             std::int64_t stride, const float* x,
                                                             const float* w, float* __restrict y) {
  typedef float Vector __attribute__((vector_size(kBytes)));
  constexpr std::int64_t kLanes = kBytes / 4;
  std::int64_t t = 0;
  for (; t + kTaps <= taps; t += kTaps) {
    float weights[kTaps];
    for (int u = 0; u < kTaps; ++u) weights[u] = w[t + u];
    const float* from = x + (taps - 1 - t) * stride;
    const bool first = t == 0;
    std::int64_t c = 0;
    for (; c + kLanes <= n; c += kLanes) {
      Vector sum = {}, value;
      if (!first) std::memcpy(&sum, y + c, kBytes);
      const float* row = from + c;
#pragma GCC unroll 16
      for (int u = 0; u < kTaps; ++u, row -= stride) {
        std::memcpy(&value, row, kBytes);
        sum += weights[u] * value;
      }
      std::memcpy(y + c, &sum, kBytes);
    }
    for (; c < n; ++c) {
      float sum = first ? 0.0f : y[c];
      for (int u = 0; u < kTaps; ++u) sum += weights[u] * from[c - u * stride];
      y[c] = sum;
    }
  }
  for (; t < taps; ++t)
    for (std::int64_t c = 0; c < n; ++c)
      y[c] = (t == 0 ? 0.0f : y[c]) + w[t] * x[(taps - 1 - t) * stride + c];
}
template <int kTaps>
void filter_strip_scalar(std::int64_t n, std::int64_t taps, std::int64_t stride, const float* x,
                         const float* w, float* y) {
  filter_strip_body<16, kTaps>(n, taps, stride, x, w, y);
}
template <int kTaps>
AISP_TARGET_AVX2 void filter_strip_avx2(std::int64_t n, std::int64_t taps, std::int64_t stride,
                                        const float* x, const float* w, float* y) {
  filter_strip_body<32, kTaps>(n, taps, stride, x, w, y);
}
template <int kTaps>
AISP_TARGET_AVX512 void filter_strip_avx512(std::int64_t n, std::int64_t taps, std::int64_t stride,
                                            const float* x, const float* w, float* y) {
  filter_strip_body<64, kTaps>(n, taps, stride, x, w, y);
}

// Columns of a strip: sixteen rows of it are 64 KiB and stay in the L2 from row to row; 4 KiB in one piece
// are enough for the prefetchers.
inline constexpr std::int64_t kStrip = 1024;
inline constexpr std::int64_t kRows = 256;  // of a task

template <int kTaps>
void run_filter(const Launch& launch) {
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  const std::int64_t taps = launch.input_tensor(1).shape[0];
  const std::int64_t rows = launch.input_tensor(0).shape[0] - taps + 1;
  const float* x = launch.input<float>(0);
  const float* w = launch.input<float>(1);
  float* y = launch.output<float>(0);
  const FilterStrip filter = kernels::choose_kernel<FilterStrip>(
      filter_strip_scalar<kTaps>, filter_strip_avx2<kTaps>, filter_strip_avx512<kTaps>);
#pragma omp parallel for collapse(2) schedule(static)
  for (std::int64_t block = 0; block < rows; block += kRows)
    for (std::int64_t c = 0; c < columns; c += kStrip)
      for (std::int64_t r = block; r < std::min(rows, block + kRows); ++r)
        filter(std::min(kStrip, columns - c), taps, columns, x + r * columns + c, w,
               y + r * columns + c);
}

}  // namespace aisp::ch08
