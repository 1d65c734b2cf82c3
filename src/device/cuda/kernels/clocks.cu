// Work of known length.
#include <cstdint>

#include "device/cuda/kernels/memory.h"

namespace aisp::cuda {
namespace {

// Nanoseconds; steps of 32 on an H200.
__device__ __forceinline__ std::uint64_t global_timer() {
  std::uint64_t now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now)::"memory");
  return now;
}

}  // namespace

// Each thread runs one chain of `steps` fused multiply-adds. `sink` is never true, which the
// compiler cannot know.
extern "C" __global__ void __launch_bounds__(256)
    canary(std::uint32_t steps, float factor, std::uint64_t elapsed) {
  const std::uint64_t begin = global_timer();
  float x = static_cast<float>(threadIdx.x);
  asm volatile("" : "+f"(x));  // the chain begins after the clock was read
#pragma unroll 16
  for (std::uint32_t i = 0; i < steps; ++i) x = fmaf(x, factor, 0.5f);
  asm volatile("" : "+f"(x));  // and ends before it is read again
  const bool sink = x == -1.0f;
  __syncthreads();
  const std::uint64_t end = global_timer();
  if (threadIdx.x == 0 || sink) at<std::uint64_t>(elapsed)[blockIdx.x] = end - begin;
}

extern "C" __global__ void spin(std::uint64_t nanoseconds) {
  const std::uint64_t begin = global_timer();
  while (global_timer() - begin < nanoseconds) {
  }
}

extern "C" __global__ void empty() {}

}  // namespace aisp::cuda
