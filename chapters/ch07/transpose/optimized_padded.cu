// The textbook's tile: 32 x 32 in shared memory, rows padded to 33 floats against bank conflicts,
// 4-byte accesses to global memory, 128 contiguous bytes a warp on both sides.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

namespace {

constexpr int kTile = 32;
constexpr int kRowsAtOnce = 8;

__global__ void __launch_bounds__(kTile* kRowsAtOnce)
    transpose(int rows, int columns, const float* __restrict__ a, float* __restrict__ b) {
  __shared__ float tile[kTile][kTile + 1];
  const int x = static_cast<int>(threadIdx.x), y = static_cast<int>(threadIdx.y);
  const int row0 = static_cast<int>(blockIdx.y) * kTile;
  const int column0 = static_cast<int>(blockIdx.x) * kTile;
#pragma unroll
  for (int i = y; i < kTile; i += kRowsAtOnce)
    if (row0 + i < rows && column0 + x < columns)
      tile[i][x] = a[static_cast<size_t>(row0 + i) * columns + column0 + x];
  __syncthreads();
#pragma unroll
  for (int i = y; i < kTile; i += kRowsAtOnce)
    if (column0 + i < columns && row0 + x < rows)
      b[static_cast<size_t>(column0 + i) * rows + row0 + x] = tile[x][i];
}

void run(const aisp::Launch& launch) {
  const int rows = static_cast<int>(launch.input_tensor(0).shape[0]);
  const int columns = static_cast<int>(launch.input_tensor(0).shape[1]);
  const dim3 grid((columns + kTile - 1) / kTile, (rows + kTile - 1) / kTile);
  transpose<<<grid, dim3(kTile, kRowsAtOnce), 0, launch.stream<cudaStream_t>()>>>(
      rows, columns, launch.input<float>(0), launch.output<float>(0));
  aisp::kernels::check_launch("transpose");
}

}  // namespace

AISP_IMPLEMENTATION(run, "32 x 32 tiles in padded shared memory, 4-byte accesses");
