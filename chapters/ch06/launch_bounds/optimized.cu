// Bounds that say what the kernel needs: four blocks of 128 threads leave 128 registers a thread, and all
// 64 values stay there. A quarter of the occupancy, and each thread has 64 loads under way: 128 KB for a
// multiprocessor, where memory needs about 29.
#include "block_transform.cuh"

namespace {

constexpr int kThreads = 128;

__global__ void __launch_bounds__(kThreads, 4)
    transform(std::int64_t n, const float* __restrict__ x, float* __restrict__ y) {
  aisp::ch06::transform_block(n, static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x, x,
                              y);
}

void run(const aisp::Launch& launch) { aisp::ch06::launch_transform(launch, transform, kThreads); }

}  // namespace

AISP_IMPLEMENTATION(run, "launch bounds (128, 4): 512 threads, up to 128 registers each");
