// One thread loads a word, hashes it, loads the next one.
#include <aisp/implementation.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>

#include "../chain.h"

namespace {

__global__ void chain(const std::int64_t* words, std::int64_t n, std::int32_t* out) {
  constexpr std::uint64_t kStart = testbed::kChainStart, kPrime = testbed::kChainPrime;
  std::uint64_t state = kStart;
  for (std::int64_t i = 0; i < n; ++i)
    state = (state ^ static_cast<std::uint64_t>(words[i])) * kPrime;
  *out = static_cast<std::int32_t>(static_cast<std::uint32_t>(state ^ state >> 32));
}

void run(const aisp::Launch& launch) {
  chain<<<1, 1, 0, launch.stream<cudaStream_t>()>>>(
      launch.input<std::int64_t>(0), static_cast<std::int64_t>(launch.input_tensor(0).elements),
      launch.output<std::int32_t>(0));
  const cudaError_t status = cudaGetLastError();
  if (status != cudaSuccess) throw std::runtime_error(cudaGetErrorString(status));
}

}  // namespace

AISP_IMPLEMENTATION(run, "one thread");
