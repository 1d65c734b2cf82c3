// The average along rows, 32 rows a warp. Global memory is read and written along rows (128 bytes a
// warp); in between, a tile of 32 x 32 lies in shared memory, and each lane walks along its own row of
// it. All variants run this code; they differ in where element (row, column) of the tile lies.
//
// Shared memory has 32 banks of 4 bytes. In a step of the walk the lanes read column j of 32 rows: with
// rows of 32 floats these are 32 words of one bank, which are delivered one after the other.
#pragma once

#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace aisp::ch06 {

inline constexpr int kTile = 32;
inline constexpr int kWarps = 4;  // of a block

// Rows one after the other: the bank is the column.
struct PlainLayout {
  static constexpr int kFloats = kTile * kTile;
  static __device__ __forceinline__ int at(int row, int column) { return row * kTile + column; }
};
// A float of padding behind each row: the bank is row + column.
struct PaddedLayout {
  static constexpr int kFloats = kTile * (kTile + 1);
  static __device__ __forceinline__ int at(int row, int column) {
    return row * (kTile + 1) + column;
  }
};
// Columns in another order in each row, and no padding: the bank is row XOR column.
struct SwizzledLayout {
  static constexpr int kFloats = kTile * kTile;
  static __device__ __forceinline__ int at(int row, int column) {
    return row * kTile + (column ^ row);
  }
};

// rows is a multiple of 32 kWarps, length of 32.
template <class Layout>
__global__ void __launch_bounds__(32 * kWarps, 8)
    average_rows(std::int64_t length, float decay, const float* __restrict__ x,
                 float* __restrict__ y) {
  __shared__ float tiles[kWarps][Layout::kFloats];
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  float* const tile = tiles[warp];
  const std::int64_t row0 = (static_cast<std::int64_t>(blockIdx.x) * kWarps + warp) * kTile;
  const float* from = x + row0 * length + lane;
  float* to = y + row0 * length + lane;
  float state = 0;
  for (std::int64_t column = 0; column < length; column += kTile) {
    float values[kTile];
#pragma unroll
    for (int row = 0; row < kTile; ++row) values[row] = __ldcs(from + row * length + column);
#pragma unroll
    for (int row = 0; row < kTile; ++row) tile[Layout::at(row, lane)] = values[row];
    __syncwarp();
#pragma unroll 8
    for (int j = 0; j < kTile; ++j) {
      state = decay * state + tile[Layout::at(lane, j)];
      tile[Layout::at(lane, j)] = state;
    }
    __syncwarp();
#pragma unroll 8
    for (int row = 0; row < kTile; ++row)
      __stcs(to + row * length + column, tile[Layout::at(row, lane)]);
    __syncwarp();
  }
}

template <class Layout>
void run_average_rows(const Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t length = launch.input_tensor(0).shape[1];
  kernels::require(rows % (kWarps * kTile) == 0 && length % kTile == 0,
                   "this kernel needs rows that 128 divides and a length that 32 divides");
  average_rows<Layout>
      <<<static_cast<unsigned>(rows / (kWarps * kTile)), 32 * kWarps, 0,
         launch.stream<cudaStream_t>()>>>(length, static_cast<float>(launch.param("decay")),
                                          launch.input<float>(0), launch.output<float>(0));
  kernels::check_launch("average_rows");
}

}  // namespace aisp::ch06
