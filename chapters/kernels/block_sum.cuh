// The sum of one value for each thread of a block.
#pragma once

#include <cuda_runtime.h>

namespace aisp::ch10 {

__device__ __forceinline__ float warp_sum(float value) {
#pragma unroll
  for (int offset = 16; offset > 0; offset /= 2)
    value += __shfl_down_sync(0xffffffffu, value, offset);
  return value;  // lane 0's
}

// Thread 0 gets the sum; all threads of the block must call it, and synchronize before they call it
// again. kThreads: a multiple of 32, at most 1024.
template <int kThreads>
__device__ __forceinline__ float block_sum(float value) {
  __shared__ float sums[kThreads / 32];
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  value = warp_sum(value);
  if (lane == 0) sums[warp] = value;
  __syncthreads();
  if (warp == 0) value = warp_sum(lane < kThreads / 32 ? sums[lane] : 0.0f);
  return value;
}

}  // namespace aisp::ch10
