// A thread for each block: 64 coalesced loads, eight transforms along rows, eight along columns, 64 stores.
// What is common to the variants; they differ in what they promise the compiler about the launch.
#pragma once

#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

#include "cosine_transform.h"

namespace aisp::ch06 {

__device__ __forceinline__ void transform_block(std::int64_t n, std::int64_t block,
                                                const float* __restrict__ x,
                                                float* __restrict__ y) {
  if (block >= n) return;
  float values[64];
#pragma unroll
  for (int e = 0; e < 64; ++e) values[e] = __ldcs(x + e * n + block);
#pragma unroll
  for (int i = 0; i < 8; ++i) cosine_transform<1>(values + 8 * i);
#pragma unroll
  for (int j = 0; j < 8; ++j) cosine_transform<8>(values + j);
#pragma unroll
  for (int e = 0; e < 64; ++e) __stcs(y + e * n + block, values[e]);
}

using Transform = void (*)(std::int64_t n, const float* x, float* y);

inline void launch_transform(const Launch& launch, Transform transform, int threads) {
  const std::int64_t n = launch.input_tensor(0).shape[1];
  transform<<<static_cast<unsigned>((n + threads - 1) / threads), threads, 0,
              launch.stream<cudaStream_t>()>>>(n, launch.input<float>(0), launch.output<float>(0));
  kernels::check_launch("transform");
}

}  // namespace aisp::ch06
