// A block sorts its 4096 particles by kind in shared memory, integrates them in that order, and puts the
// results back. Neighbours are of one kind then: of 128 warps' worth of particles at most three have two.
//
// The sort counts: each thread counts its sixteen particles by kind, four counters of 16 bits in one
// word, so that a single prefix sum over the threads ranks all four kinds.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

#include "motion.h"

namespace {

using namespace aisp::ch06;

constexpr int kThreads = 256;
constexpr int kPerThread = 16;
constexpr int kPerBlock = kThreads * kPerThread;

// For each thread the sum of `value` over the threads before it; `total` gets the sum over all.
__device__ std::uint64_t prefix_sum(std::uint64_t value, std::uint64_t& total) {
  __shared__ std::uint64_t warps[kThreads / 32];
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  std::uint64_t sum = value;
#pragma unroll
  for (int offset = 1; offset < 32; offset *= 2) {
    const std::uint64_t below = __shfl_up_sync(0xffffffffu, sum, offset);
    if (lane >= offset) sum += below;
  }
  if (lane == 31) warps[warp] = sum;
  __syncthreads();
  std::uint64_t before = 0;
  total = 0;
#pragma unroll
  for (int w = 0; w < kThreads / 32; ++w) {
    if (w == warp) before = total;
    total += warps[w];
  }
  return before + sum - value;
}

__device__ __forceinline__ int counter(std::uint64_t counters, int kind) {
  return static_cast<int>(counters >> (16 * kind) & 0xffff);
}

// n may end inside of a block.
__global__ void __launch_bounds__(kThreads)
    move(std::int64_t n, const float* __restrict__ x, const std::int32_t* __restrict__ kind,
         float* __restrict__ y) {
  __shared__ float sorted[kPerBlock];
  __shared__ std::uint16_t source[kPerBlock];
  __shared__ float results[kPerBlock];
  const int thread = static_cast<int>(threadIdx.x);
  const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * kPerBlock;
  const int count = static_cast<int>(n - first < kPerBlock ? n - first : kPerBlock);

  float value[kPerThread];
  int kinds[kPerThread];
  std::uint64_t counters = 0;
#pragma unroll
  for (int e = 0; e < kPerThread; ++e) {
    const int i = e * kThreads + thread;
    value[e] = i < count ? __ldcs(x + first + i) : 0;
    kinds[e] = i < count ? __ldcs(kind + first + i) & 3 : 0;
    if (i < count) counters += std::uint64_t{1} << (16 * kinds[e]);
  }
  std::uint64_t total;
  std::uint64_t next = prefix_sum(counters, total);
  // Kinds one after the other: each begins where the one before ends.
  int begins[kKinds + 1] = {0};
#pragma unroll
  for (int k = 0; k < kKinds; ++k) begins[k + 1] = begins[k] + counter(total, k);
#pragma unroll
  for (int k = 0; k < kKinds; ++k) next += static_cast<std::uint64_t>(begins[k]) << (16 * k);
#pragma unroll
  for (int e = 0; e < kPerThread; ++e) {
    const int i = e * kThreads + thread;
    if (i >= count) continue;
    const int place = counter(next, kinds[e]);
    next += std::uint64_t{1} << (16 * kinds[e]);
    sorted[place] = value[e];
    source[place] = static_cast<std::uint16_t>(i);
  }
  __syncthreads();

  for (int i = thread; i < count; i += kThreads) {
    const float u = sorted[i];
    float moved;
    if (i < begins[1])
      moved = integrate<0>(u);
    else if (i < begins[2])
      moved = integrate<1>(u);
    else if (i < begins[3])
      moved = integrate<2>(u);
    else
      moved = integrate<3>(u);
    results[source[i]] = moved;
  }
  __syncthreads();
  for (int i = thread; i < count; i += kThreads) __stcs(y + first + i, results[i]);
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  move<<<static_cast<unsigned>((n + kPerBlock - 1) / kPerBlock), kThreads, 0,
         launch.stream<cudaStream_t>()>>>(n, launch.input<float>(0), launch.input<std::int32_t>(1),
                                          launch.output<float>(0));
  aisp::kernels::check_launch("move");
}

}  // namespace

AISP_IMPLEMENTATION(run, "particles sorted by kind within a block");
