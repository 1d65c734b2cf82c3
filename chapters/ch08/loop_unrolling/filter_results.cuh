// A thread for each result, a loop over the taps. kTaps: how many there are, 0 where the compiler is not told.
#pragma once

#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace aisp::ch08 {

inline constexpr int kColumns = 64, kRows = 8;  // of a block

template <int kTaps>
__global__ void __launch_bounds__(kColumns* kRows)
    filter_results(int rows, int columns, int taps, const float* __restrict__ x,
                   const float* __restrict__ w, float* __restrict__ y) {
  const int column = static_cast<int>(blockIdx.x * kColumns + threadIdx.x);
  const int row = static_cast<int>(blockIdx.y * kRows + threadIdx.y);
  if (row >= rows || column >= columns) return;
  const int count = kTaps > 0 ? kTaps : taps;
  const float* from = x + static_cast<std::int64_t>(row + count - 1) * columns + column;
  float sum = 0;
  if constexpr (kTaps > 0) {
#pragma unroll
    for (int t = 0; t < kTaps; ++t) sum += w[t] * from[-static_cast<std::int64_t>(t) * columns];
  } else {
    for (int t = 0; t < count; ++t) sum += w[t] * from[-static_cast<std::int64_t>(t) * columns];
  }
  y[static_cast<std::int64_t>(row) * columns + column] = sum;
}

template <int kTaps>
void run_filter_results(const Launch& launch) {
  const int taps = static_cast<int>(launch.input_tensor(1).shape[0]);
  const int columns = static_cast<int>(launch.input_tensor(0).shape[1]);
  const int rows = static_cast<int>(launch.input_tensor(0).shape[0]) - taps + 1;
  kernels::require(kTaps == 0 || taps == kTaps, "this kernel is for another number of taps");
  const dim3 grid((columns + kColumns - 1) / kColumns, (rows + kRows - 1) / kRows);
  filter_results<kTaps><<<grid, dim3(kColumns, kRows), 0, launch.stream<cudaStream_t>()>>>(
      rows, columns, taps, launch.input<float>(0), launch.input<float>(1), launch.output<float>(0));
  kernels::check_launch("filter_results");
}

}  // namespace aisp::ch08
