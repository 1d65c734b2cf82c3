// Half of the occupancy: 64 registers a thread, just too few for 64 values and their addresses.
#include "block_transform.cuh"

namespace {

constexpr int kThreads = 128;

__global__ void __launch_bounds__(kThreads, 8)
    transform(std::int64_t n, const float* __restrict__ x, float* __restrict__ y) {
  aisp::ch06::transform_block(n, static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x, x,
                              y);
}

void run(const aisp::Launch& launch) { aisp::ch06::launch_transform(launch, transform, kThreads); }

}  // namespace

AISP_IMPLEMENTATION(run, "launch bounds (128, 8): 1024 threads, 64 registers each");
