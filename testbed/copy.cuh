// Both sides of the copy targets on a GPU: a block copies 4 KiB, 16 bytes a thread at a time, as the
// Triton kernel of bench/peers/spread.py does.
#pragma once

#include <aisp/implementation.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>

namespace testbed {

constexpr int kCopyThreads = 128;
constexpr int kCopyVectors = 2;  // of 16 bytes, for each thread

__global__ void __launch_bounds__(kCopyThreads)
    copy_vectors(std::int64_t vectors, const uint4* __restrict__ from, uint4* __restrict__ to) {
  const std::int64_t first =
      static_cast<std::int64_t>(blockIdx.x) * (kCopyThreads * kCopyVectors) + threadIdx.x;
#pragma unroll
  for (int i = 0; i < kCopyVectors; ++i) {
    const std::int64_t at = first + i * kCopyThreads;
    if (at < vectors) to[at] = from[at];
  }
}

inline void copy(const aisp::Launch& launch) {
  const auto vectors = static_cast<std::int64_t>(launch.output_tensor(0).elements / 4);
  constexpr std::int64_t kOfABlock = kCopyThreads * kCopyVectors;
  const auto blocks = static_cast<unsigned>((vectors + kOfABlock - 1) / kOfABlock);
  copy_vectors<<<blocks, kCopyThreads, 0, launch.stream<cudaStream_t>()>>>(
      vectors, launch.input<uint4>(0), launch.output<uint4>(0));
  const cudaError_t status = cudaGetLastError();
  if (status != cudaSuccess) throw std::runtime_error(cudaGetErrorString(status));
}

}  // namespace testbed
