// Of a row of a tensor core's results each of four neighbouring lanes holds 4 bytes (in bf16) of every 16. Four
// such registers of each lane, transposed, are 16 bytes side by side: stores that fill their sectors.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

namespace aisp::kernels {

// r[i] of lane t becomes r[t] of lane i, in each group of four lanes. All lanes of the warp.
__device__ __forceinline__ void quad_transpose(unsigned (&r)[4]) {
  const bool odd = threadIdx.x & 1, upper = threadIdx.x & 2;
#pragma unroll
  for (int i = 0; i < 4; i += 2) {
    const unsigned other = __shfl_xor_sync(~0u, odd ? r[i] : r[i + 1], 1);
    (odd ? r[i] : r[i + 1]) = other;
  }
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const unsigned other = __shfl_xor_sync(~0u, upper ? r[i] : r[i + 2], 2);
    (upper ? r[i] : r[i + 2]) = other;
  }
}

// Rows of fp32 results of mma.sync or wgmma (register 4 j + 2 h + e: row l / 4 + 8 h, column 8 j + 2 (l % 4) + e) as
// bf16, each multiplied by `by[h]`. `to` is column 0 of row l / 4, aligned to 16 bytes; rows are `stride` apart.
template <int kCount>
__device__ __forceinline__ void store_bf16_rows(const float (&results)[kCount],
                                                const float (&by)[2], __nv_bfloat16* to,
                                                long long stride) {
  static_assert(kCount % 16 == 0);
  const int quarter = static_cast<int>(threadIdx.x) % 4;
#pragma unroll
  for (int h = 0; h < 2; ++h)
#pragma unroll
    for (int j = 0; j < kCount / 4; j += 4) {
      unsigned r[4];
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const __nv_bfloat162 pair = __floats2bfloat162_rn(results[4 * (j + i) + 2 * h] * by[h],
                                                          results[4 * (j + i) + 2 * h + 1] * by[h]);
        r[i] = *reinterpret_cast<const unsigned*>(&pair);
      }
      quad_transpose(r);
      *reinterpret_cast<uint4*>(to + 8 * h * stride + 8 * (j + quarter)) =
          make_uint4(r[0], r[1], r[2], r[3]);
    }
}

}  // namespace aisp::kernels
