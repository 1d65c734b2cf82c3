// A block for each column, as one would reduce a row: its threads walk down it, 256 rows apart, and add up what
// they have. A warp's load goes to 32 rows: 32 sectors of 32 bytes for 128 bytes of data. Blocks of the
// neighbouring columns want the rest of them, and find it in the L2 if they come soon.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;

__global__ void __launch_bounds__(kThreads)
    sum_columns(std::int64_t rows, std::int64_t columns, const float* __restrict__ x,
                float* __restrict__ y) {
  __shared__ float sums[kThreads];
  float sum = 0;
#pragma unroll 8
  for (std::int64_t r = threadIdx.x; r < rows; r += kThreads) sum += x[r * columns + blockIdx.x];
  sums[threadIdx.x] = sum;
  __syncthreads();
  for (unsigned half = kThreads / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    __syncthreads();
  }
  if (threadIdx.x == 0) y[blockIdx.x] = sums[0];
}

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  sum_columns<<<static_cast<unsigned>(columns), kThreads, 0, launch.stream<cudaStream_t>()>>>(
      rows, columns, launch.input<float>(0), launch.output<float>(0));
  aisp::kernels::check_launch("sum_columns");
}

}  // namespace

AISP_IMPLEMENTATION(run, "a block walks down each column");
