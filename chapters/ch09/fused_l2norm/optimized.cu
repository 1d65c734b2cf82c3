// One launch, a block for each row: its 16-byte vectors stay in the registers of 256 threads between the sum
// and the product. 8 bytes travel for an element.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;
constexpr int kVectors = 2;  // of a thread: rows of up to 2048 floats

__global__ void __launch_bounds__(kThreads)
    normalize(int columns4, const float4* __restrict__ x, float4* __restrict__ y) {
  __shared__ float of_warp[kThreads / 32];
  const std::int64_t row = static_cast<std::int64_t>(blockIdx.x) * columns4;
  float4 v[kVectors];
  float sum = 0;
#pragma unroll
  for (int u = 0; u < kVectors; ++u) {
    const int c = static_cast<int>(threadIdx.x) + u * kThreads;
    v[u] = c < columns4 ? x[row + c] : make_float4(0, 0, 0, 0);
  }
#pragma unroll
  for (int u = 0; u < kVectors; ++u)
    sum += (v[u].x * v[u].x + v[u].y * v[u].y) + (v[u].z * v[u].z + v[u].w * v[u].w);
  for (int o = 16; o > 0; o /= 2) sum += __shfl_xor_sync(~0u, sum, o);
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = sum;
  __syncthreads();
  float total = 0;
#pragma unroll
  for (int w = 0; w < kThreads / 32; ++w) total += of_warp[w];
  const float s = 1 / sqrtf(total);
#pragma unroll
  for (int u = 0; u < kVectors; ++u) {
    const int c = static_cast<int>(threadIdx.x) + u * kThreads;
    if (c < columns4) y[row + c] = make_float4(s * v[u].x, s * v[u].y, s * v[u].z, s * v[u].w);
  }
}

void run(const aisp::Launch& launch) {
  const std::int64_t rows = launch.input_tensor(0).shape[0];
  const std::int64_t columns = launch.input_tensor(0).shape[1];
  aisp::kernels::require(columns % 4 == 0 && columns <= 4 * kThreads * kVectors,
                         "rows of whole 16-byte vectors, at most 2048 floats");
  normalize<<<static_cast<unsigned>(rows), kThreads, 0, launch.stream<cudaStream_t>()>>>(
      static_cast<int>(columns / 4), launch.input<float4>(0), launch.output<float4>(0));
  aisp::kernels::check_launch("normalize");
}

}  // namespace

AISP_IMPLEMENTATION(run, "one launch, a row in the registers of a block");
