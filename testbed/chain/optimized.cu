// A block brings the words into shared memory, and one thread hashes them there: the chain itself cannot be
// split.
#include <aisp/implementation.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>

#include "../chain.h"

namespace {

constexpr int kTile = 4096;  // words
constexpr int kThreads = 256;

__global__ void __launch_bounds__(kThreads)
    chain(const std::int64_t* __restrict__ words, std::int64_t n, std::int32_t* __restrict__ out) {
  __shared__ std::uint64_t tile[kTile];
  constexpr std::uint64_t kStart = testbed::kChainStart, kPrime = testbed::kChainPrime;
  std::uint64_t state = kStart;
  for (std::int64_t from = 0; from < n; from += kTile) {
    const int here = static_cast<int>(n - from < kTile ? n - from : kTile);
    __syncthreads();
    for (int i = static_cast<int>(threadIdx.x); i < here; i += kThreads)
      tile[i] = static_cast<std::uint64_t>(words[from + i]);
    __syncthreads();
    if (threadIdx.x != 0) continue;
#pragma unroll 16
    for (int i = 0; i < here; ++i) state = (state ^ tile[i]) * kPrime;
  }
  if (threadIdx.x == 0)
    *out = static_cast<std::int32_t>(static_cast<std::uint32_t>(state ^ state >> 32));
}

void run(const aisp::Launch& launch) {
  chain<<<1, kThreads, 0, launch.stream<cudaStream_t>()>>>(
      launch.input<std::int64_t>(0), static_cast<std::int64_t>(launch.input_tensor(0).elements),
      launch.output<std::int32_t>(0));
  const cudaError_t status = cudaGetLastError();
  if (status != cudaSuccess) throw std::runtime_error(cudaGetErrorString(status));
}

}  // namespace

AISP_IMPLEMENTATION(run, "words in shared memory");
