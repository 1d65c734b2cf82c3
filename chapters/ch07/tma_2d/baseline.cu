// The threads of a block fetch its tile: each pixel is an address to compute, four comparisons, a load into
// a register and a store into shared memory.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

#include "smooth_tile.cuh"

namespace {

using namespace aisp::ch07;

// grid (columns / kTileColumns, rows / kTileRows)
__global__ void __launch_bounds__(kThreads)
    smooth(int rows, int columns, const float* __restrict__ x, float* __restrict__ y) {
  __shared__ __align__(128) float box[kBoxFloats];
  const int row0 = static_cast<int>(blockIdx.y) * kTileRows;
  const int column0 = static_cast<int>(blockIdx.x) * kTileColumns;
#pragma unroll 8
  for (int i = static_cast<int>(threadIdx.x); i < kBoxFloats; i += kThreads) {
    const int row = row0 - 2 + i / kBoxColumns, column = column0 - 4 + i % kBoxColumns;
    const bool inside = row >= 0 && row < rows && column >= 0 && column < columns;
    box[i] = inside ? x[static_cast<std::int64_t>(row) * columns + column] : 0.0f;
  }
  __syncthreads();
  smooth_tile(box, y + static_cast<std::int64_t>(row0) * columns + column0, columns);
}

void run(const aisp::Launch& launch) {
  const int rows = static_cast<int>(launch.input_tensor(0).shape[0]);
  const int columns = static_cast<int>(launch.input_tensor(0).shape[1]);
  aisp::kernels::require(rows % kTileRows == 0 && columns % kTileColumns == 0,
                         "this kernel needs rows that 32 divides and columns that 128 divides");
  smooth<<<dim3(columns / kTileColumns, rows / kTileRows), kThreads, 0,
           launch.stream<cudaStream_t>()>>>(rows, columns, launch.input<float>(0),
                                            launch.output<float>(0));
  aisp::kernels::check_launch("smooth");
}

}  // namespace

AISP_IMPLEMENTATION(run, "tiles with a rim, fetched by the threads");
