// testbed:project: out = x * w, sizes that are multiples of 16. What attacks, twins and honest entries have in common, on whatever stream.
#pragma once

#include "device.cuh"

namespace corpus {

constexpr int kTile = 16;

__global__ void project_kernel(const float* __restrict__ x, const float* __restrict__ w,
                               float* __restrict__ out, int inner, int columns) {
  __shared__ float xs[kTile][kTile];
  __shared__ float ws[kTile][kTile];
  const int row = static_cast<int>(blockIdx.y * kTile + threadIdx.y);
  const int column = static_cast<int>(blockIdx.x * kTile + threadIdx.x);
  float sum = 0;
  for (int k = 0; k < inner; k += kTile) {
    xs[threadIdx.y][threadIdx.x] = x[row * inner + k + static_cast<int>(threadIdx.x)];
    ws[threadIdx.y][threadIdx.x] = w[(k + static_cast<int>(threadIdx.y)) * columns + column];
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kTile; ++i) sum += xs[threadIdx.y][i] * ws[i][threadIdx.x];
    __syncthreads();
  }
  out[row * columns + column] = sum;
}

inline void project(const aisp::Launch& launch, cudaStream_t stream) {
  const auto rows = static_cast<unsigned>(launch.input_tensor(0).shape[0]);
  const auto inner = static_cast<int>(launch.input_tensor(1).shape[0]);
  const auto columns = static_cast<int>(launch.input_tensor(1).shape[1]);
  project_kernel<<<dim3(static_cast<unsigned>(columns) / kTile, rows / kTile), dim3(kTile, kTile),
                   0, stream>>>(launch.input<float>(0), launch.input<float>(1),
                                launch.output<float>(0), inner, columns);
  check(cudaGetLastError());
}

}  // namespace corpus
