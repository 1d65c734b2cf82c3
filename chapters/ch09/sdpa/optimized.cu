// One launch: a block keeps 64 queries and their sums, and meets the keys 64 at a time. Scores go from
// registers to shared memory, and no further. The largest score so far and the sum of weights so far are
// kept for each row; where a larger one comes, what has been summed is scaled down (online softmax). Tiles
// and products are the baseline's.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

#include "attention_tiles.cuh"

namespace {

using sdpa::kDepth;
using sdpa::kStride;
using sdpa::kThreads;
using sdpa::kTile;

constexpr int kSharedBytes = 4 * sdpa::kTileFloats * static_cast<int>(sizeof(float));

// Grid (tiles of queries, heads).
__global__ void __launch_bounds__(kThreads, 3)
    attention(int keys, float scale, const float* __restrict__ q, const float* __restrict__ k,
              const float* __restrict__ v, float* __restrict__ o) {
  extern __shared__ float4 tiles[];
  float* const tile_q = reinterpret_cast<float*>(tiles);
  float* const tile_k = tile_q + sdpa::kTileFloats;
  float* const tile_v = tile_k + sdpa::kTileFloats;
  float* const weights = tile_v + sdpa::kTileFloats;
  const int tx = static_cast<int>(threadIdx.x) % 16, ty = static_cast<int>(threadIdx.x) / 16;
  const std::int64_t head = static_cast<std::int64_t>(blockIdx.y) * keys;
  const std::int64_t query0 = head + static_cast<std::int64_t>(blockIdx.x) * kTile;
  const float infinity = __int_as_float(0x7f800000);
  float4 sums[4] = {};
  float top[4], weight[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    top[i] = -infinity;
    weight[i] = 0;
  }
  sdpa::load_tile(q + query0 * kDepth, kDepth, tile_q);
  for (int key0 = 0; key0 < keys; key0 += kTile) {
    __syncthreads();  // nobody reads the tiles before these any more
    sdpa::load_tile(k + (head + key0) * kDepth, kDepth, tile_k);
    sdpa::load_tile(v + (head + key0) * kDepth, kDepth, tile_v);
    __syncthreads();
    float s[4][4];
    sdpa::row_products(ty, tx, tile_q, tile_k, s);
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      float row_top = top[i];
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        s[i][j] *= scale;
        row_top = fmaxf(row_top, s[i][j]);
      }
      // The sixteen lanes of a row.
      for (int lanes = 8; lanes > 0; lanes /= 2)
        row_top = fmaxf(row_top, __shfl_xor_sync(~0u, row_top, lanes));
      const float kept = __expf(top[i] - row_top);  // 0 the first time
      top[i] = row_top;
      weight[i] *= kept;
      sums[i].x *= kept;
      sums[i].y *= kept;
      sums[i].z *= kept;
      sums[i].w *= kept;
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        const float w = __expf(s[i][j] - row_top);
        weight[i] += w;  // of this lane's keys; lanes are added up at the end
        weights[(4 * ty + i) * kStride + tx + 16 * j] = w;
      }
    }
    __syncwarp();  // rows of weights are written and read by one warp
    sdpa::add_weighted(ty, tx, weights, tile_v, sums);
  }
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    for (int lanes = 8; lanes > 0; lanes /= 2) weight[i] += __shfl_xor_sync(~0u, weight[i], lanes);
    const float f = 1 / weight[i];
    *reinterpret_cast<float4*>(o + (query0 + 4 * ty + i) * kDepth + 4 * tx) =
        make_float4(f * sums[i].x, f * sums[i].y, f * sums[i].z, f * sums[i].w);
  }
}

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch) {
    aisp::kernels::require(
        launch.input_tensor(0).shape[2] == kDepth && launch.input_tensor(0).shape[1] % kTile == 0,
        "64 columns, and a multiple of 64 keys");
    // 48 KiB is what a kernel may have without asking.
    aisp::kernels::check(
        cudaFuncSetAttribute(attention, cudaFuncAttributeMaxDynamicSharedMemorySize, kSharedBytes),
        "cudaFuncSetAttribute");
  }

  void run(const aisp::Launch& launch) {
    const auto heads = static_cast<unsigned>(launch.input_tensor(0).shape[0]);
    const int keys = static_cast<int>(launch.input_tensor(0).shape[1]);
    attention<<<dim3(static_cast<unsigned>(keys / kTile), heads), kThreads, kSharedBytes,
                launch.stream<cudaStream_t>()>>>(keys, 1 / sqrtf(static_cast<float>(kDepth)),
                                                 launch.input<float>(0), launch.input<float>(1),
                                                 launch.input<float>(2), launch.output<float>(0));
    aisp::kernels::check_launch("attention");
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "one launch, online softmax, scores in shared memory");
