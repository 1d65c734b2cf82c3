// Two passes. In the first each block adds up 1024 elements, one 16-byte load a thread, by a tree in
// shared memory, and leaves its sum in memory; in the second one block a row adds those up.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include <cstdint>

namespace {

constexpr int kThreads = 256;
constexpr int kPerBlock = 4 * kThreads;

// The classic tree: half of the threads drop out at each step.
__device__ float tree_sum(float value) {
  __shared__ float sums[kThreads];
  sums[threadIdx.x] = value;
  __syncthreads();
  for (unsigned half = kThreads / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    __syncthreads();
  }
  return sums[0];
}

// grid (blocks of a row, rows); length is a multiple of kPerBlock.
__global__ void __launch_bounds__(kThreads)
    sum_blocks(std::int64_t length, const float* __restrict__ x, float* __restrict__ partial) {
  const float4* const row = reinterpret_cast<const float4*>(x + blockIdx.y * length);
  const float4 v = row[static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x];
  const float sum = tree_sum((v.x + v.y) + (v.z + v.w));
  if (threadIdx.x == 0) partial[blockIdx.y * gridDim.x + blockIdx.x] = sum;
}

__global__ void __launch_bounds__(kThreads)
    sum_partials(int count, const float* __restrict__ partial, float* __restrict__ y) {
  float sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < count; i += kThreads)
    sum += partial[static_cast<std::int64_t>(blockIdx.x) * count + i];
  sum = tree_sum(sum);
  if (threadIdx.x == 0) y[blockIdx.x] = sum;
}

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : rows_(static_cast<int>(launch.input_tensor(0).shape[0])),
        length_(launch.input_tensor(0).shape[1]),
        blocks_(static_cast<int>(length_ / kPerBlock)),
        partial_(static_cast<std::int64_t>(rows_) * blocks_) {
    aisp::kernels::require(length_ % kPerBlock == 0, "this kernel needs rows that 1024 divides");
  }

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    sum_blocks<<<dim3(blocks_, rows_), kThreads, 0, stream>>>(length_, launch.input<float>(0),
                                                              partial_.data());
    aisp::kernels::check_launch("sum_blocks");
    sum_partials<<<rows_, kThreads, 0, stream>>>(blocks_, partial_.data(), launch.output<float>(0));
    aisp::kernels::check_launch("sum_partials");
  }

 private:
  int rows_;
  std::int64_t length_;
  int blocks_;
  aisp::kernels::DeviceBuffer<float> partial_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "a tree for each 1024 elements, then a second pass");
