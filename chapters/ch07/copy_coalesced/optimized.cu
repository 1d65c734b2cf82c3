// Neighbouring threads copy neighbouring pieces of 16 bytes, four of each thread under way at once:
// a warp moves 512 bytes that follow each other with each instruction.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;
constexpr int kPerThread = 4;

// n4 pieces of 16 bytes; `tail` floats behind them.
__global__ void __launch_bounds__(kThreads)
    copy(std::int64_t n4, int tail, const float4* __restrict__ a, float4* __restrict__ b) {
  const std::int64_t first =
      static_cast<std::int64_t>(blockIdx.x) * kThreads * kPerThread + threadIdx.x;
  float4 values[kPerThread];
#pragma unroll
  for (int e = 0; e < kPerThread; ++e)
    if (first + e * kThreads < n4) values[e] = a[first + e * kThreads];
#pragma unroll
  for (int e = 0; e < kPerThread; ++e)
    if (first + e * kThreads < n4) __stcs(b + first + e * kThreads, values[e]);
  if (blockIdx.x == 0 && static_cast<int>(threadIdx.x) < tail)
    reinterpret_cast<float*>(b)[4 * n4 + threadIdx.x] =
        reinterpret_cast<const float*>(a)[4 * n4 + threadIdx.x];
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  constexpr std::int64_t kPerBlock = kThreads * kPerThread;
  copy<<<static_cast<unsigned>((n / 4 + kPerBlock) / kPerBlock), kThreads, 0,
         launch.stream<cudaStream_t>()>>>(n / 4, static_cast<int>(n % 4), launch.input<float4>(0),
                                          launch.output<float4>(0));
  aisp::kernels::check_launch("copy");
}

}  // namespace

AISP_IMPLEMENTATION(run, "neighbouring elements for neighbouring threads, 16 bytes");
