// Tiles of 16 x 16 of both operands in shared memory. Sizes are multiples of 16.
#include <aisp/implementation.h>
#include <cuda_runtime.h>

#include <stdexcept>

namespace {

constexpr int kTile = 16;

__global__ void project(const float* __restrict__ x, const float* __restrict__ w,
                        float* __restrict__ out, int inner, int columns) {
  __shared__ float xs[kTile][kTile];
  __shared__ float ws[kTile][kTile];
  const int tx = static_cast<int>(threadIdx.x), ty = static_cast<int>(threadIdx.y);
  const int row = static_cast<int>(blockIdx.y) * kTile + ty;
  const int column = static_cast<int>(blockIdx.x) * kTile + tx;
  float sum = 0;
  for (int k = 0; k < inner; k += kTile) {
    xs[ty][tx] = x[row * inner + k + tx];
    ws[ty][tx] = w[(k + ty) * columns + column];
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kTile; ++i) sum += xs[ty][i] * ws[i][tx];
    __syncthreads();
  }
  out[row * columns + column] = sum;
}

void run(const aisp::Launch& launch) {
  const auto rows = static_cast<unsigned>(launch.input_tensor(0).shape[0]);
  const auto inner = static_cast<int>(launch.input_tensor(1).shape[0]);
  const auto columns = static_cast<int>(launch.input_tensor(1).shape[1]);
  project<<<dim3(static_cast<unsigned>(columns) / kTile, rows / kTile), dim3(kTile, kTile), 0,
            launch.stream<cudaStream_t>()>>>(launch.input<float>(0), launch.input<float>(1),
                                             launch.output<float>(0), inner, columns);
  const cudaError_t status = cudaGetLastError();
  if (status != cudaSuccess) throw std::runtime_error(cudaGetErrorString(status));
}

}  // namespace

AISP_IMPLEMENTATION(run, "tiles in shared memory");
