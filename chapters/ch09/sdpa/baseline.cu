// Three launches, as one writes it down: all scores, the softmax of each row (which waits in registers),
// the weighted sums. The scores are written, read and written again, and read: four times 512 MiB.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include <cstdint>

#include "attention_tiles.cuh"

namespace {

using sdpa::kDepth;
using sdpa::kStride;
using sdpa::kThreads;
using sdpa::kTile;

constexpr int kWarps = kThreads / 32;
constexpr int kVectors = 2;  // of a thread: rows of up to 2048 scores

// Grid (tiles of keys, tiles of queries, heads).
__global__ void __launch_bounds__(kThreads)
    scores(int keys, float scale, const float* __restrict__ q, const float* __restrict__ k,
           float* __restrict__ s) {
  __shared__ float4 tiles[2 * sdpa::kTileFloats / 4];
  float* const tile_q = reinterpret_cast<float*>(tiles);
  float* const tile_k = tile_q + sdpa::kTileFloats;
  const int tx = static_cast<int>(threadIdx.x) % 16, ty = static_cast<int>(threadIdx.x) / 16;
  const std::int64_t head = static_cast<std::int64_t>(blockIdx.z) * keys;
  const int query0 = static_cast<int>(blockIdx.y) * kTile;
  const int key0 = static_cast<int>(blockIdx.x) * kTile;
  sdpa::load_tile(q + (head + query0) * kDepth, kDepth, tile_q);
  sdpa::load_tile(k + (head + key0) * kDepth, kDepth, tile_k);
  __syncthreads();
  float sums[4][4];
  sdpa::row_products(ty, tx, tile_q, tile_k, sums);
#pragma unroll
  for (int i = 0; i < 4; ++i)
#pragma unroll
    for (int j = 0; j < 4; ++j)
      s[(head + query0 + 4 * ty + i) * keys + key0 + tx + 16 * j] = scale * sums[i][j];
}

// The combination of a value of each thread of a block, for all of them.
template <class Combine>
__device__ __forceinline__ float reduce(float value, float (&of_warp)[kWarps],
                                        const Combine& combine) {
  for (int o = 16; o > 0; o /= 2) value = combine(value, __shfl_xor_sync(~0u, value, o));
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = value;
  __syncthreads();
  float all = of_warp[0];
#pragma unroll
  for (int w = 1; w < kWarps; ++w) all = combine(all, of_warp[w]);
  return all;
}

// In place, a block for each row of columns4 vectors.
__global__ void __launch_bounds__(kThreads) softmax_rows(int columns4, float4* s) {
  __shared__ float tops[kWarps], sums[kWarps];
  float4* const row = s + static_cast<std::int64_t>(blockIdx.x) * columns4;
  const float infinity = __int_as_float(0x7f800000);
  float4 v[kVectors];
  float top = -infinity;
#pragma unroll
  for (int u = 0; u < kVectors; ++u) {
    const int c = static_cast<int>(threadIdx.x) + u * kThreads;
    v[u] = c < columns4 ? row[c] : make_float4(-infinity, -infinity, -infinity, -infinity);
    top = fmaxf(top, fmaxf(fmaxf(v[u].x, v[u].y), fmaxf(v[u].z, v[u].w)));
  }
  top = reduce(top, tops, [](float a, float b) { return fmaxf(a, b); });
  float sum = 0;
#pragma unroll
  for (int u = 0; u < kVectors; ++u) {
    v[u] = make_float4(__expf(v[u].x - top), __expf(v[u].y - top), __expf(v[u].z - top),
                       __expf(v[u].w - top));
    sum += (v[u].x + v[u].y) + (v[u].z + v[u].w);
  }
  const float f = 1 / reduce(sum, sums, [](float a, float b) { return a + b; });
#pragma unroll
  for (int u = 0; u < kVectors; ++u) {
    const int c = static_cast<int>(threadIdx.x) + u * kThreads;
    if (c < columns4) row[c] = make_float4(f * v[u].x, f * v[u].y, f * v[u].z, f * v[u].w);
  }
}

// Grid (tiles of queries, heads).
__global__ void __launch_bounds__(kThreads)
    weighted_sums(int keys, const float* __restrict__ s, const float* __restrict__ v,
                  float* __restrict__ o) {
  __shared__ float4 tiles[2 * sdpa::kTileFloats / 4];
  float* const tile_s = reinterpret_cast<float*>(tiles);
  float* const tile_v = tile_s + sdpa::kTileFloats;
  const int tx = static_cast<int>(threadIdx.x) % 16, ty = static_cast<int>(threadIdx.x) / 16;
  const std::int64_t head = static_cast<std::int64_t>(blockIdx.y) * keys;
  const std::int64_t query0 = head + static_cast<std::int64_t>(blockIdx.x) * kTile;
  float4 sums[4] = {};
  for (int key0 = 0; key0 < keys; key0 += kTile) {
    __syncthreads();  // nobody reads the tiles before these any more
    sdpa::load_tile(s + query0 * keys + key0, keys, tile_s);
    sdpa::load_tile(v + (head + key0) * kDepth, kDepth, tile_v);
    __syncthreads();
    sdpa::add_weighted(ty, tx, tile_s, tile_v, sums);
  }
#pragma unroll
  for (int i = 0; i < 4; ++i)
    *reinterpret_cast<float4*>(o + (query0 + 4 * ty + i) * kDepth + 4 * tx) = sums[i];
}

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : heads_(launch.input_tensor(0).shape[0]),
        keys_(launch.input_tensor(0).shape[1]),
        scores_(heads_ * keys_ * keys_) {
    aisp::kernels::require(launch.input_tensor(0).shape[2] == kDepth && keys_ % kTile == 0 &&
                               keys_ <= 4 * kThreads * kVectors,
                           "64 columns, and a multiple of 64 keys, at most 2048");
  }

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    const int keys = static_cast<int>(keys_);
    const auto tiles = static_cast<unsigned>(keys_ / kTile);
    const auto heads = static_cast<unsigned>(heads_);
    scores<<<dim3(tiles, tiles, heads), kThreads, 0, stream>>>(
        keys, 1 / sqrtf(static_cast<float>(kDepth)), launch.input<float>(0), launch.input<float>(1),
        scores_.data());
    softmax_rows<<<static_cast<unsigned>(heads_ * keys_), kThreads, 0, stream>>>(
        keys / 4, reinterpret_cast<float4*>(scores_.data()));
    weighted_sums<<<dim3(tiles, heads), kThreads, 0, stream>>>(
        keys, scores_.data(), launch.input<float>(2), launch.output<float>(0));
    aisp::kernels::check_launch("sdpa baseline");
  }

 private:
  std::int64_t heads_;
  std::int64_t keys_;
  aisp::kernels::DeviceBuffer<float> scores_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "three launches, all scores in memory");
