// Two launches: eight blocks a row leave their sums in memory, and a thread a row adds these up.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include <cstdint>

#include "row_share.cuh"

namespace {

using namespace aisp::ch10;

// grid (kBlocksPerRow, rows); n4: elements of a row / 4.
__global__ void __launch_bounds__(kThreads, kBlocksPerMultiprocessor)
    sum_shares(std::int64_t n4, const float4* __restrict__ x, float* __restrict__ partial) {
  const float sum = sum_of_share(n4, blockIdx.x, x + blockIdx.y * n4);
  if (threadIdx.x == 0) partial[blockIdx.y * kBlocksPerRow + blockIdx.x] = sum;
}

__global__ void __launch_bounds__(kThreads)
    sum_partials(int rows, const float* __restrict__ partial, float* __restrict__ y) {
  const int row = static_cast<int>(blockIdx.x) * kThreads + static_cast<int>(threadIdx.x);
  if (row >= rows) return;
  float sum = 0;
#pragma unroll
  for (int i = 0; i < kBlocksPerRow; ++i) sum += partial[row * kBlocksPerRow + i];
  y[row] = sum;
}

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : rows_(static_cast<int>(launch.input_tensor(0).shape[0])),
        length_(launch.input_tensor(0).shape[1]),
        partial_(std::int64_t{kBlocksPerRow} * rows_) {
    aisp::kernels::require(length_ % 4 == 0, "this kernel needs rows that 4 divides");
  }

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    sum_shares<<<dim3(kBlocksPerRow, static_cast<unsigned>(rows_)), kThreads, 0, stream>>>(
        length_ / 4, launch.input<float4>(0), partial_.data());
    aisp::kernels::check_launch("sum_shares");
    sum_partials<<<static_cast<unsigned>((rows_ + kThreads - 1) / kThreads), kThreads, 0, stream>>>(
        rows_, partial_.data(), launch.output<float>(0));
    aisp::kernels::check_launch("sum_partials");
  }

 private:
  int rows_;
  std::int64_t length_;
  aisp::kernels::DeviceBuffer<float> partial_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline,
                          "eight blocks a row, their sums through memory, a second launch");
