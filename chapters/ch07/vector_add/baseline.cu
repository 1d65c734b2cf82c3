// One element for each thread: coalesced, and 64 bytes for a warp's load. A multiprocessor full of
// threads, 2048 of them, has 8 KB under way, where memory needs about 29.
#include <aisp/implementation.h>
#include <cuda_bf16.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;

__global__ void __launch_bounds__(kThreads)
    add(std::int64_t n, const __nv_bfloat16* __restrict__ a, const __nv_bfloat16* __restrict__ b,
        __nv_bfloat16* __restrict__ c) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i < n) c[i] = __hadd(a[i], b[i]);
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  add<<<static_cast<unsigned>((n + kThreads - 1) / kThreads), kThreads, 0,
        launch.stream<cudaStream_t>()>>>(n, launch.input<__nv_bfloat16>(0),
                                         launch.input<__nv_bfloat16>(1),
                                         launch.output<__nv_bfloat16>(0));
  aisp::kernels::check_launch("add");
}

}  // namespace

AISP_IMPLEMENTATION(run, "one element per thread, 2-byte accesses");
