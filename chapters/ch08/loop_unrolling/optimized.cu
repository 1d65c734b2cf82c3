// Each thread walks down a column with the last fifteen values in registers, and loads each value once. That
// needs the loop over rows unrolled by sixteen, too: a register has a name and no index, so which value
// is which has to be known when it is compiled.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 128;
constexpr int kTaps = 16;
constexpr int kWalk = 256;  // rows of a thread: 15 more are loaded for the first results, 6 %

// grid (columns / kThreads, rows / kWalk); rows is a multiple of kWalk.
__global__ void __launch_bounds__(kThreads)
    filter(int columns, const float* __restrict__ x, const float* __restrict__ w,
           float* __restrict__ y) {
  const int column = static_cast<int>(blockIdx.x) * kThreads + static_cast<int>(threadIdx.x);
  if (column >= columns) return;
  const std::int64_t first = static_cast<std::int64_t>(blockIdx.y) * kWalk * columns + column;
  const float* from = x + first;
  float* to = y + first;
  float weights[kTaps];
#pragma unroll
  for (int t = 0; t < kTaps; ++t) weights[t] = w[t];
  // window[i]: row i of x, counted from the first that the next sixteen results want.
  float window[2 * kTaps - 1];
#pragma unroll
  for (int i = 0; i < kTaps - 1; ++i) window[i] = from[static_cast<std::int64_t>(i) * columns];
  from += static_cast<std::int64_t>(kTaps - 1) * columns;
#pragma unroll 1
  for (int row = 0; row < kWalk; row += kTaps) {
#pragma unroll
    for (int i = 0; i < kTaps; ++i)
      window[kTaps - 1 + i] = __ldcs(from + static_cast<std::int64_t>(i) * columns);
#pragma unroll
    for (int i = 0; i < kTaps; ++i) {
      float sum = 0;
#pragma unroll
      for (int t = 0; t < kTaps; ++t) sum += weights[t] * window[i + kTaps - 1 - t];
      __stcs(to + static_cast<std::int64_t>(i) * columns, sum);
    }
#pragma unroll
    for (int i = 0; i < kTaps - 1; ++i) window[i] = window[kTaps + i];
    from += static_cast<std::int64_t>(kTaps) * columns;
    to += static_cast<std::int64_t>(kTaps) * columns;
  }
}

void run(const aisp::Launch& launch) {
  const int columns = static_cast<int>(launch.input_tensor(0).shape[1]);
  const int rows = static_cast<int>(launch.input_tensor(0).shape[0]) - kTaps + 1;
  aisp::kernels::require(launch.input_tensor(1).shape[0] == kTaps && rows % kWalk == 0,
                         "this kernel needs sixteen taps and rows that 256 divides");
  filter<<<dim3((columns + kThreads - 1) / kThreads, rows / kWalk), kThreads, 0,
           launch.stream<cudaStream_t>()>>>(columns, launch.input<float>(0), launch.input<float>(1),
                                            launch.output<float>(0));
  aisp::kernels::check_launch("filter");
}

}  // namespace

AISP_IMPLEMENTATION(run, "sixteen rows at a time, values in registers");
