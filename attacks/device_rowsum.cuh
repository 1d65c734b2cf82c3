// testbed:rowsum. What attacks, twins and honest entries have in common, on whatever stream.
#pragma once

#include "device.cuh"

namespace corpus {

struct Rows {
  const float* in;
  float* out;
  int rows;
  int columns;  // a multiple of 128

  explicit Rows(const aisp::Launch& launch)
      : in(launch.input<float>(0)),
        out(launch.output<float>(0)),
        rows(static_cast<int>(launch.input_tensor(0).shape[0])),
        columns(static_cast<int>(launch.input_tensor(0).shape[1])) {}
};

__device__ inline float sum_of_warp(float value) {
  for (int offset = 16; offset > 0; offset /= 2)
    value += __shfl_down_sync(0xffffffffu, value, offset);
  return value;
}

// A warp for each row.
__global__ void rowsum_kernel(const float* __restrict__ in, float* __restrict__ out, int rows,
                              int columns) {
  const int row = static_cast<int>((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (row >= rows) return;
  const auto* values =
      reinterpret_cast<const float4*>(in + static_cast<std::int64_t>(row) * columns);
  const int lane = static_cast<int>(threadIdx.x % 32);
  float sum = 0;
  for (int i = lane; i < columns / 4; i += 32) {
    const float4 v = values[i];
    sum += (v.x + v.y) + (v.z + v.w);
  }
  sum = sum_of_warp(sum);
  if (lane == 0) out[row] = sum;
}

inline void sum_rows(const Rows& job, cudaStream_t stream) {
  constexpr int kThreads = 256;
  rowsum_kernel<<<blocks_of(job.rows, kThreads / 32), kThreads, 0, stream>>>(job.in, job.out,
                                                                             job.rows, job.columns);
  check(cudaGetLastError());
}

}  // namespace corpus
