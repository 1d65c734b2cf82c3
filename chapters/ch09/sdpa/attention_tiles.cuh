// What the CUDA versions of ch09:sdpa share: products of tiles of 64 x 64 that lie in shared memory. 256
// threads hold a tile of results, 4 x 4 each, so that a float that is read from shared memory is used four
// times.
//
// Thread (ty, tx) of 16 x 16 holds rows 4 ty .. 4 ty + 3. A row of results is with sixteen lanes of one
// warp, which reduce it without shared memory. Rows are 68 floats apart: eight lanes that read 16 bytes
// each of eight rows that follow each other meet all 32 banks once.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace sdpa {

constexpr int kTile = 64;    // queries or keys
constexpr int kDepth = 64;   // columns of Q, K, V and O
constexpr int kStride = 68;  // floats from row to row of a tile in shared memory
constexpr int kThreads = 256;
constexpr int kTileFloats = kTile * kStride;

// 64 rows of 64 floats, `stride` floats apart, into shared memory. The caller synchronizes.
__device__ __forceinline__ void load_tile(const float* __restrict__ from, std::int64_t stride,
                                          float* to) {
#pragma unroll
  for (int piece = static_cast<int>(threadIdx.x); piece < kTile * kDepth / 4; piece += kThreads) {
    const int row = piece / (kDepth / 4), column = piece % (kDepth / 4) * 4;
    *reinterpret_cast<float4*>(to + row * kStride + column) =
        *reinterpret_cast<const float4*>(from + row * stride + column);
  }
}

// s[i][j] = row 4 ty + i of a times row tx + 16 j of b.
__device__ __forceinline__ void row_products(int ty, int tx, const float* a, const float* b,
                                             float (&s)[4][4]) {
#pragma unroll
  for (int i = 0; i < 4; ++i)
#pragma unroll
    for (int j = 0; j < 4; ++j) s[i][j] = 0;
#pragma unroll 4
  for (int p = 0; p < kDepth; p += 4) {
    float4 x[4], y[4];
#pragma unroll
    for (int i = 0; i < 4; ++i)
      x[i] = *reinterpret_cast<const float4*>(a + (4 * ty + i) * kStride + p);
#pragma unroll
    for (int j = 0; j < 4; ++j)
      y[j] = *reinterpret_cast<const float4*>(b + (tx + 16 * j) * kStride + p);
#pragma unroll
    for (int i = 0; i < 4; ++i)
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        s[i][j] += x[i].x * y[j].x;
        s[i][j] += x[i].y * y[j].y;
        s[i][j] += x[i].z * y[j].z;
        s[i][j] += x[i].w * y[j].w;
      }
  }
}

// o[i] += row 4 ty + i of w times columns 4 tx .. 4 tx + 3 of v.
__device__ __forceinline__ void add_weighted(int ty, int tx, const float* w, const float* v,
                                             float4 (&o)[4]) {
  const auto add = [&](float4& sum, float weight, const float4& value) {
    sum.x += weight * value.x;
    sum.y += weight * value.y;
    sum.z += weight * value.z;
    sum.w += weight * value.w;
  };
#pragma unroll 4
  for (int p = 0; p < kTile; p += 4) {
    float4 x[4], y[4];
#pragma unroll
    for (int i = 0; i < 4; ++i)
      x[i] = *reinterpret_cast<const float4*>(w + (4 * ty + i) * kStride + p);
#pragma unroll
    for (int j = 0; j < 4; ++j)
      y[j] = *reinterpret_cast<const float4*>(v + (p + j) * kStride + 4 * tx);
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      add(o[i], x[i].x, y[0]);
      add(o[i], x[i].y, y[1]);
      add(o[i], x[i].z, y[2]);
      add(o[i], x[i].w, y[3]);
    }
  }
}

}  // namespace sdpa
