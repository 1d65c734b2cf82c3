// "Full occupancy": eight blocks of 256 threads on a multiprocessor, promised to the compiler, leave 32
// registers a thread. Half of the 64 values and more go to memory and come back ("spills").
#include "block_transform.cuh"

namespace {

constexpr int kThreads = 256;

__global__ void __launch_bounds__(kThreads, 8)
    transform(std::int64_t n, const float* __restrict__ x, float* __restrict__ y) {
  aisp::ch06::transform_block(n, static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x, x,
                              y);
}

void run(const aisp::Launch& launch) { aisp::ch06::launch_transform(launch, transform, kThreads); }

}  // namespace

AISP_IMPLEMENTATION(run, "launch bounds (256, 8): 2048 threads, 32 registers each");
