// Accesses of 16 bytes, but as many blocks as there is work: each thread does kUnroll of them and
// ends. What is left of the gain without the grid-stride loop; often all of it.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;
constexpr int kUnroll = 2;

// n4 elements of four floats; `tail` more floats behind them.
__global__ void __launch_bounds__(kThreads)
    add(std::int64_t n4, int tail, const float4* __restrict__ a, const float4* __restrict__ b,
        float4* __restrict__ c) {
  const std::int64_t base =
      static_cast<std::int64_t>(blockIdx.x) * kThreads * kUnroll + threadIdx.x;
  float4 x[kUnroll], y[kUnroll];
#pragma unroll
  for (int u = 0; u < kUnroll; ++u) {
    const std::int64_t i = base + u * kThreads;
    if (i >= n4) continue;
    x[u] = a[i];
    y[u] = b[i];
  }
#pragma unroll
  for (int u = 0; u < kUnroll; ++u) {
    const std::int64_t i = base + u * kThreads;
    if (i >= n4) continue;
    __stcs(c + i, make_float4(x[u].x + y[u].x, x[u].y + y[u].y, x[u].z + y[u].z, x[u].w + y[u].w));
  }
  if (blockIdx.x == 0 && static_cast<int>(threadIdx.x) < tail) {
    const std::int64_t i = 4 * n4 + threadIdx.x;
    reinterpret_cast<float*>(c)[i] =
        reinterpret_cast<const float*>(a)[i] + reinterpret_cast<const float*>(b)[i];
  }
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const std::int64_t per_block = kThreads * kUnroll;
  const auto blocks = static_cast<unsigned>((n / 4 + per_block) / per_block);
  add<<<blocks, kThreads, 0, launch.stream<cudaStream_t>()>>>(
      n / 4, static_cast<int>(n % 4), launch.input<float4>(0), launch.input<float4>(1),
      launch.output<float4>(0));
  aisp::kernels::check_launch("add");
}

}  // namespace

AISP_IMPLEMENTATION(run, "16-byte streaming accesses, a block for each 8 KiB");
