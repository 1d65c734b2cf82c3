// Binary search in two parts. The last entry of each segment of the table (one in 256) makes a table of 16384
// entries, 64 KiB, which each block keeps in shared memory: fourteen of the 22 steps happen there. The
// rest goes through one segment, in the L2.
//
// All variants run this code; they differ in how many threads share the 64 KiB. Three blocks of that fit
// into a multiprocessor's 227 KiB, or two of 1024 threads.
#pragma once

#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include <algorithm>
#include <cstdint>

namespace aisp::ch08 {

inline constexpr int kTop = 16384;
inline constexpr int kTopBytes = kTop * static_cast<int>(sizeof(float));

// How many of `count` sorted entries (a power of two) are less than x.
__device__ __forceinline__ int entries_below(const float* entries, int count, float x) {
  int below = 0;
  for (int step = count / 2; step > 0; step /= 2)
    if (entries[below + step - 1] < x) below += step;
  return below + (entries[below] < x ? 1 : 0);
}

__global__ void pick_last_of_segments(int segment, const float* table, float* top) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < kTop) top[i] = table[(i + 1) * segment - 1];
}

template <int kThreads>
__global__ void __launch_bounds__(kThreads)
    search(std::int64_t n, int segment, const float* __restrict__ table,
           const float* __restrict__ top, const float* __restrict__ x,
           std::int32_t* __restrict__ rank) {
  extern __shared__ float4 shared[];
  for (int i = static_cast<int>(threadIdx.x); i < kTop / 4; i += kThreads)
    shared[i] = reinterpret_cast<const float4*>(top)[i];
  __syncthreads();
  const float* const last = reinterpret_cast<const float*>(shared);
  const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * kThreads;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x; i < n;
       i += stride) {
    const float value = __ldcs(x + i);
    const int before = entries_below(last, kTop, value);  // segments that are less as a whole
    int result = before * segment;
    if (before < kTop) result += entries_below(table + result, segment, value);
    __stcs(rank + i, result);
  }
}

template <int kThreads>
class TreeSearch {
 public:
  explicit TreeSearch(const Launch& launch)
      : segment_(static_cast<int>(launch.input_tensor(0).shape[0] / kTop)), top_(kTop) {
    const std::int64_t entries = launch.input_tensor(0).shape[0];
    kernels::require(entries % kTop == 0 && (segment_ & (segment_ - 1)) == 0,
                     "this kernel needs a table of 16384 segments of a power of two");
    kernels::check(cudaFuncSetAttribute(search<kThreads>,
                                        cudaFuncAttributeMaxDynamicSharedMemorySize, kTopBytes),
                   "cudaFuncSetAttribute");
    int resident = 0;
    kernels::check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&resident, search<kThreads>,
                                                                 kThreads, kTopBytes),
                   "cudaOccupancyMaxActiveBlocksPerMultiprocessor");
    blocks_ = std::max(1, resident) * kernels::multiprocessors();
    pick_last_of_segments<<<kTop / 256, 256, 0, launch.stream<cudaStream_t>()>>>(
        segment_, launch.input<float>(0), top_.data());
    kernels::check_launch("pick_last_of_segments");
    kernels::check(cudaDeviceSynchronize(), "setup");
  }

  void run(const Launch& launch) {
    const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
    search<kThreads><<<blocks_, kThreads, kTopBytes, launch.stream<cudaStream_t>()>>>(
        n, segment_, launch.input<float>(0), top_.data(), launch.input<float>(1),
        launch.output<std::int32_t>(0));
    kernels::check_launch("search");
  }

 private:
  int segment_;
  int blocks_ = 0;
  kernels::DeviceBuffer<float> top_;
};

}  // namespace aisp::ch08
