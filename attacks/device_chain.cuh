// testbed:chain: FNV-1a over words, folded to 32 bits. What attacks, twins and honest entries have in common, on whatever stream.
#pragma once

#include "device.cuh"

namespace corpus {

constexpr std::uint64_t kChainBegin = 0xcbf29ce484222325;
constexpr std::uint64_t kChainFactor = 0x100000001b3;
constexpr int kChainTile = 4096;  // words in shared memory
constexpr int kChainThreads = 256;

__device__ inline std::int32_t folded(std::uint64_t state) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(state ^ state >> 32));
}

// A whole block: all load, one hashes.
__device__ inline void hash_block(const std::int64_t* __restrict__ words, std::int64_t n,
                                  std::int32_t* out) {
  __shared__ std::uint64_t tile[kChainTile];
  std::uint64_t state = kChainBegin;
  for (std::int64_t from = 0; from < n; from += kChainTile) {
    const auto here = static_cast<int>(n - from < kChainTile ? n - from : kChainTile);
    __syncthreads();
    for (int i = threadIdx.x; i < here; i += blockDim.x)
      tile[i] = static_cast<std::uint64_t>(words[from + i]);
    __syncthreads();
    if (threadIdx.x != 0) continue;
#pragma unroll 16
    for (int i = 0; i < here; ++i) state = (state ^ tile[i]) * kChainFactor;
  }
  if (threadIdx.x == 0) *out = folded(state);
}

__global__ void __launch_bounds__(kChainThreads)
    chain_kernel(const std::int64_t* words, std::int64_t n, std::int32_t* out) {
  hash_block(words, n, out);
}

inline void hash(const aisp::Launch& launch, cudaStream_t stream) {
  chain_kernel<<<1, kChainThreads, 0, stream>>>(
      launch.input<std::int64_t>(0), static_cast<std::int64_t>(launch.input_tensor(0).elements),
      launch.output<std::int32_t>(0));
  check(cudaGetLastError());
}

}  // namespace corpus
