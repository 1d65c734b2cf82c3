// The same sixteen elements a thread, 256 apart: in each step a warp copies 128 bytes that follow each
// other, four sectors of 32 bytes.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;
constexpr int kPerThread = 16;

__global__ void __launch_bounds__(kThreads)
    copy(std::int64_t n, const float* __restrict__ a, float* __restrict__ b) {
  const std::int64_t first =
      static_cast<std::int64_t>(blockIdx.x) * kThreads * kPerThread + threadIdx.x;
  for (int e = 0; e < kPerThread; ++e) {
    const std::int64_t i = first + e * kThreads;
    if (i < n) b[i] = a[i];
  }
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  constexpr std::int64_t kPerBlock = kThreads * kPerThread;
  copy<<<static_cast<unsigned>((n + kPerBlock - 1) / kPerBlock), kThreads, 0,
         launch.stream<cudaStream_t>()>>>(n, launch.input<float>(0), launch.output<float>(0));
  aisp::kernels::check_launch("copy");
}

}  // namespace

AISP_IMPLEMENTATION(run, "neighbouring elements for neighbouring threads, 4 bytes");
