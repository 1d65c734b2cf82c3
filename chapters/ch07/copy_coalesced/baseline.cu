// Each thread copies sixteen elements that follow each other, as threads of a CPU would. In each step the
// 32 lanes of a warp are 64 bytes apart: 32 sectors of 32 bytes for 128 bytes of data. The other bytes of
// a sector are wanted in the next steps, if the L1 still has them, and stores have to be put together in
// the L2.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;
constexpr int kPerThread = 16;

__global__ void __launch_bounds__(kThreads)
    copy(std::int64_t n, const float* __restrict__ a, float* __restrict__ b) {
  const std::int64_t first =
      (static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x) * kPerThread;
  for (std::int64_t i = first; i < min(n, first + kPerThread); ++i) b[i] = a[i];
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  constexpr std::int64_t kPerBlock = kThreads * kPerThread;
  copy<<<static_cast<unsigned>((n + kPerBlock - 1) / kPerBlock), kThreads, 0,
         launch.stream<cudaStream_t>()>>>(n, launch.input<float>(0), launch.output<float>(0));
  aisp::kernels::check_launch("copy");
}

}  // namespace

AISP_IMPLEMENTATION(run, "sixteen elements in a row for each thread");
