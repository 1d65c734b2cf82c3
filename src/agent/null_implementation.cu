// Waits on the GPU for a known time, trusted: what is left of its windows is what the hand-over and each
// call cost. Calibrates the judge's clocks. Not an empty kernel: the host takes longer to launch one than
// the GPU to run it, and then a window shows what launching costs and nothing of what lies between kernels.
#include <cuda_runtime.h>

#include <stdexcept>

#include "aisp/implementation.h"

namespace {

// Longer than a launch with its marks takes on the host (some 7 µs).
constexpr unsigned long long kWaitNs = 20'000;

__device__ unsigned long long global_ns() {
  unsigned long long now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now)::"memory");
  return now;
}

__global__ void wait() {
  const unsigned long long begin = global_ns();
  while (global_ns() - begin < kWaitNs) {
  }
}

void run(const aisp::Launch& launch) {
  wait<<<1, 1, 0, launch.stream<cudaStream_t>()>>>();
  if (cudaGetLastError() != cudaSuccess) throw std::runtime_error("the kernel was not launched");
}

}  // namespace

AISP_IMPLEMENTATION(run, "waits on the GPU for 20 µs");
