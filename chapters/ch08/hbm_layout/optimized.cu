// A warp reads 512 bytes of a row with each instruction: four columns a lane, whose sums stay in its registers
// while it goes down. Eight warps of a block go down the same 128 columns, 64 blocks share the rows; what
// they have goes through shared memory, once, and 1 MiB of sums to a second launch.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include <cstdint>

namespace {

constexpr int kWarps = 8;
constexpr int kThreads = 32 * kWarps;
constexpr int kColumns = 128;  // of a block
constexpr int kParts = 64;     // of the rows
constexpr int kUnroll = 8;     // 16-byte loads of a thread under way

__device__ __forceinline__ void add(float4& sum, const float4& v) {
  sum.x += v.x;
  sum.y += v.y;
  sum.z += v.z;
  sum.w += v.w;
}

// grid (columns / kColumns, kParts); partial[part, column]. rows is a multiple of kParts kWarps kUnroll.
__global__ void __launch_bounds__(kThreads)
    sum_parts(std::int64_t rows, std::int64_t columns, const float* __restrict__ x,
              float* __restrict__ partial) {
  __shared__ float4 sums[kWarps][32];
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * kColumns + 4 * lane;
  const std::int64_t count = rows / kParts;
  const float* from = x + (blockIdx.y * count + warp) * columns + column;
  float4 sum[kUnroll] = {};
  for (std::int64_t r = 0; r < count; r += kWarps * kUnroll) {
    float4 v[kUnroll];
#pragma unroll
    for (int u = 0; u < kUnroll; ++u)
      v[u] = __ldcs(reinterpret_cast<const float4*>(from + (r + u * kWarps) * columns));
#pragma unroll
    for (int u = 0; u < kUnroll; ++u) add(sum[u], v[u]);
  }
#pragma unroll
  for (int u = 1; u < kUnroll; ++u) add(sum[0], sum[u]);
  sums[warp][lane] = sum[0];
  __syncthreads();
  if (warp != 0) return;
#pragma unroll
  for (int w = 1; w < kWarps; ++w) add(sum[0], sums[w][lane]);
  *reinterpret_cast<float4*>(partial + blockIdx.y * columns + column) = sum[0];
}

__global__ void __launch_bounds__(kThreads)
    sum_partials(std::int64_t columns, const float* __restrict__ partial, float* __restrict__ y) {
  const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (column >= columns) return;
  float sum = 0;
#pragma unroll 16
  for (int part = 0; part < kParts; ++part) sum += partial[part * columns + column];
  y[column] = sum;
}

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        columns_(launch.input_tensor(0).shape[1]),
        partial_(kParts * columns_) {
    aisp::kernels::require(rows_ % (kParts * kWarps * kUnroll) == 0 && columns_ % kColumns == 0,
                           "this kernel needs rows that 4096 divides and columns that 128 divides");
  }

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    sum_parts<<<dim3(static_cast<unsigned>(columns_ / kColumns), kParts), kThreads, 0, stream>>>(
        rows_, columns_, launch.input<float>(0), partial_.data());
    aisp::kernels::check_launch("sum_parts");
    sum_partials<<<static_cast<unsigned>((columns_ + kThreads - 1) / kThreads), kThreads, 0,
                   stream>>>(columns_, partial_.data(), launch.output<float>(0));
    aisp::kernels::check_launch("sum_partials");
  }

 private:
  std::int64_t rows_;
  std::int64_t columns_;
  aisp::kernels::DeviceBuffer<float> partial_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "warps along rows, four columns a lane");
