// y[i] = table[index[i]], eight threads with 16 bytes each for a row of 128 bytes. The table may lie on the
// device or on the host, whose page-locked memory has the same address for kernels.
#pragma once

#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace aisp::ch02 {

inline constexpr int kThreads = 256;
inline constexpr int kPieces = 8;  // of 16 bytes, in a row

__global__ void __launch_bounds__(kThreads)
    gather(std::int64_t pieces, const float4* __restrict__ table,
           const std::int32_t* __restrict__ index, float4* __restrict__ y) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i < pieces)
    y[i] = table[static_cast<std::int64_t>(index[i / kPieces]) * kPieces + i % kPieces];
}

inline void enqueue_gather(const Launch& launch, const float4* table) {
  kernels::require(launch.input_tensor(0).shape[1] == 4 * kPieces,
                   "this kernel needs rows of 32 floats");
  const auto pieces = static_cast<std::int64_t>(launch.output_tensor(0).elements / 4);
  gather<<<static_cast<unsigned>((pieces + kThreads - 1) / kThreads), kThreads, 0,
           launch.stream<cudaStream_t>()>>>(pieces, table, launch.input<std::int32_t>(1),
                                            launch.output<float4>(0));
  kernels::check_launch("gather");
}

}  // namespace aisp::ch02
