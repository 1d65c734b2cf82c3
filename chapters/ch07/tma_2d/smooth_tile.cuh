// The filter on a tile of 32 x 128 results from 36 x 136 pixels in shared memory: what is common to the
// variants, which differ in how the pixels get there. A warp has eight rows, a lane four columns of them.
// Rows begin four columns to the left of the tile (two would do; 16-byte accesses want four).
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace aisp::ch07 {

inline constexpr int kTileRows = 32, kTileColumns = 128;
inline constexpr int kBoxRows = kTileRows + 4, kBoxColumns = kTileColumns + 8;
inline constexpr int kBoxFloats = kBoxRows * kBoxColumns;  // 19584 bytes, a multiple of 128
inline constexpr int kRowsPerWarp = 8;
inline constexpr int kThreads = 32 * kTileRows / kRowsPerWarp;

// Along a row: four results from twelve pixels, of which the middle eight are used.
__device__ __forceinline__ float4 smooth_row(const float* pixels) {
  const float4 left = *reinterpret_cast<const float4*>(pixels);
  const float4 here = *reinterpret_cast<const float4*>(pixels + 4);
  const float4 right = *reinterpret_cast<const float4*>(pixels + 8);
  const auto sum = [](float a, float b, float c, float d, float e) {
    return 0.0625f * (a + e) + 0.25f * (b + d) + 0.375f * c;
  };
  return make_float4(
      sum(left.z, left.w, here.x, here.y, here.z), sum(left.w, here.x, here.y, here.z, here.w),
      sum(here.x, here.y, here.z, here.w, right.x), sum(here.y, here.z, here.w, right.x, right.y));
}

// All threads of the block; `y` points at the tile's first result, `stride` floats a row.
__device__ __forceinline__ void smooth_tile(const float* box, float* y, std::int64_t stride) {
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  const float* pixels = box + warp * kRowsPerWarp * kBoxColumns + 4 * lane;
  float* to = y + static_cast<std::int64_t>(warp) * kRowsPerWarp * stride + 4 * lane;
  const auto sum = [](float a, float b, float c, float d, float e) {
    return 0.0625f * (a + e) + 0.25f * (b + d) + 0.375f * c;
  };
  float4 rows[kRowsPerWarp + 4];
#pragma unroll
  for (int r = 0; r < kRowsPerWarp + 4; ++r) {
    rows[r] = smooth_row(pixels + r * kBoxColumns);
    if (r < 4) continue;
    const float4 a = rows[r - 4], b = rows[r - 3], c = rows[r - 2], d = rows[r - 1], e = rows[r];
    __stcs(reinterpret_cast<float4*>(to + static_cast<std::int64_t>(r - 4) * stride),
           make_float4(sum(a.x, b.x, c.x, d.x, e.x), sum(a.y, b.y, c.y, d.y, e.y),
                       sum(a.z, b.z, c.z, d.z, e.z), sum(a.w, b.w, c.w, d.w, e.w)));
  }
}

}  // namespace aisp::ch07
