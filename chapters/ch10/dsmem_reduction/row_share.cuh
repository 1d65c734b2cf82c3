// What both sides have in common: eight blocks a row, and a block's sum of its share.
#pragma once

#include <cuda_runtime.h>
#include <kernels/block_sum.cuh>
#include <kernels/stream_sum.cuh>

#include <cstdint>

namespace aisp::ch10 {

inline constexpr int kBlocksPerRow = 8;

// Thread 0 gets the sum. `row`: n4 vectors; `share` in [0, kBlocksPerRow).
__device__ __forceinline__ float sum_of_share(std::int64_t n4, unsigned share,
                                              const float4* __restrict__ row) {
  return block_sum<kThreads>(stream_sum(n4,
                                        static_cast<std::int64_t>(share) * kThreads + threadIdx.x,
                                        std::int64_t{kBlocksPerRow} * kThreads, row));
}

}  // namespace aisp::ch10
