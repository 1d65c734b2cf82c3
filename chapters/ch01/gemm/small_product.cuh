// One 32 x 32 x 32 product by a block of 64 threads, 4 x 4 results each: what all sides of ch01:gemm
// launch, some matrices at a time or all at once.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace aisp::ch01 {

inline constexpr int kExtent = 32;
inline constexpr int kThreads = 64;
inline constexpr std::int64_t kRequest = 32;  // products that arrive together

// Block i multiplies matrix i.
__global__ void __launch_bounds__(kThreads)
    small_products(const float* __restrict__ a, const float* __restrict__ b,
                   float* __restrict__ c) {
  __shared__ float4 tile_a[kExtent][kExtent / 4];
  __shared__ float4 tile_b[kExtent][kExtent / 4];
  const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * kExtent * kExtent;
  const int thread = static_cast<int>(threadIdx.x);
#pragma unroll
  for (int i = thread; i < kExtent * kExtent / 4; i += kThreads) {
    (&tile_a[0][0])[i] = reinterpret_cast<const float4*>(a + first)[i];
    (&tile_b[0][0])[i] = reinterpret_cast<const float4*>(b + first)[i];
  }
  __syncthreads();
  const int row = thread / 8 * 4, column = thread % 8;  // column: of four floats
  float4 sums[4] = {};
#pragma unroll
  for (int p = 0; p < kExtent; p += 4) {
    float4 y[4];
#pragma unroll
    for (int q = 0; q < 4; ++q) y[q] = tile_b[p + q][column];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const float4 x = tile_a[row + i][p / 4];
      const float factors[4] = {x.x, x.y, x.z, x.w};
#pragma unroll
      for (int q = 0; q < 4; ++q) {
        sums[i].x += factors[q] * y[q].x;
        sums[i].y += factors[q] * y[q].y;
        sums[i].z += factors[q] * y[q].z;
        sums[i].w += factors[q] * y[q].w;
      }
    }
  }
#pragma unroll
  for (int i = 0; i < 4; ++i)
    reinterpret_cast<float4*>(c + first)[(row + i) * (kExtent / 4) + column] = sums[i];
}

}  // namespace aisp::ch01
