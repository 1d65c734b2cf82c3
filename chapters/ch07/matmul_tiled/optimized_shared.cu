// Tiles of 32 x 32 in shared memory, one result for each thread: an element comes from global memory once
// for 32 uses, and from shared memory for each of them.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kTile = 32;

// Extents are multiples of kTile.
__global__ void __launch_bounds__(kTile* kTile)
    matmul(int n, int k, const float* __restrict__ a, const float* __restrict__ b,
           float* __restrict__ c) {
  __shared__ float tile_a[kTile][kTile];
  __shared__ float tile_b[kTile][kTile];
  const int x = static_cast<int>(threadIdx.x), y = static_cast<int>(threadIdx.y);
  const std::int64_t row = static_cast<std::int64_t>(blockIdx.y) * kTile + y;
  const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * kTile + x;
  float sum = 0;
  for (int p = 0; p < k; p += kTile) {
    tile_a[y][x] = a[row * k + p + x];
    tile_b[y][x] = b[static_cast<std::int64_t>(p + y) * n + column];
    __syncthreads();
#pragma unroll
    for (int q = 0; q < kTile; ++q) sum += tile_a[y][q] * tile_b[q][x];
    __syncthreads();
  }
  c[row * n + column] = sum;
}

void run(const aisp::Launch& launch) {
  const int m = static_cast<int>(launch.input_tensor(0).shape[0]);
  const int k = static_cast<int>(launch.input_tensor(0).shape[1]);
  const int n = static_cast<int>(launch.input_tensor(1).shape[1]);
  aisp::kernels::require(m % kTile == 0 && n % kTile == 0 && k % kTile == 0,
                         "this kernel needs extents that 32 divides");
  matmul<<<dim3(n / kTile, m / kTile), dim3(kTile, kTile), 0, launch.stream<cudaStream_t>()>>>(
      n, k, launch.input<float>(0), launch.input<float>(1), launch.output<float>(0));
  aisp::kernels::check_launch("matmul");
}

}  // namespace

AISP_IMPLEMENTATION(run, "32 x 32 tiles in shared memory, one result per thread");
