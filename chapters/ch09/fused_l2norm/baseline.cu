// Four launches, each as one would write it: squares and the product with 16-byte accesses, a block for the sum
// of each row, reciprocal roots. 20 bytes travel for an element where 8 would do.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;

__global__ void __launch_bounds__(kThreads)
    square(std::int64_t n4, const float4* __restrict__ x, float4* __restrict__ y) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= n4) return;
  const float4 v = x[i];
  y[i] = make_float4(v.x * v.x, v.y * v.y, v.z * v.z, v.w * v.w);
}

// A block for each row of `columns4` vectors.
__global__ void __launch_bounds__(kThreads)
    sum_rows(int columns4, const float4* __restrict__ x, float* __restrict__ sums) {
  __shared__ float of_warp[kThreads / 32];
  const float4* row = x + static_cast<std::int64_t>(blockIdx.x) * columns4;
  float sum = 0;
  for (int c = static_cast<int>(threadIdx.x); c < columns4; c += kThreads) {
    const float4 v = row[c];
    sum += (v.x + v.y) + (v.z + v.w);
  }
  for (int o = 16; o > 0; o /= 2) sum += __shfl_xor_sync(~0u, sum, o);
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    float total = 0;
    for (int w = 0; w < kThreads / 32; ++w) total += of_warp[w];
    sums[blockIdx.x] = total;
  }
}

__global__ void __launch_bounds__(kThreads) reciprocal_roots(int rows, float* sums) {
  const int r = static_cast<int>(blockIdx.x * kThreads + threadIdx.x);
  if (r < rows) sums[r] = 1 / sqrtf(sums[r]);
}

__global__ void __launch_bounds__(kThreads)
    scale(std::int64_t n4, int columns4, const float4* __restrict__ x,
          const float* __restrict__ scales, float4* __restrict__ y) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= n4) return;
  const float s = scales[i / columns4];
  const float4 v = x[i];
  y[i] = make_float4(s * v.x, s * v.y, s * v.z, s * v.w);
}

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        columns_(launch.input_tensor(0).shape[1]),
        squares_(rows_ * columns_),
        scales_(rows_) {
    aisp::kernels::require(columns_ % 4 == 0, "rows of whole 16-byte vectors");
  }

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    const std::int64_t n4 = rows_ * columns_ / 4;
    const int columns4 = static_cast<int>(columns_ / 4);
    const auto blocks = static_cast<unsigned>((n4 + kThreads - 1) / kThreads);
    const float4* x = launch.input<float4>(0);
    auto* squares = reinterpret_cast<float4*>(squares_.data());
    square<<<blocks, kThreads, 0, stream>>>(n4, x, squares);
    sum_rows<<<static_cast<unsigned>(rows_), kThreads, 0, stream>>>(columns4, squares,
                                                                    scales_.data());
    reciprocal_roots<<<static_cast<unsigned>((rows_ + kThreads - 1) / kThreads), kThreads, 0,
                       stream>>>(static_cast<int>(rows_), scales_.data());
    scale<<<blocks, kThreads, 0, stream>>>(n4, columns4, x, scales_.data(),
                                           launch.output<float4>(0));
    aisp::kernels::check_launch("fused_l2norm baseline");
  }

 private:
  std::int64_t rows_;
  std::int64_t columns_;
  aisp::kernels::DeviceBuffer<float> squares_;
  aisp::kernels::DeviceBuffer<float> scales_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "four launches: squares, sums, reciprocal roots, product");
