// A warp for each block. It brings the packed words into shared memory side by side, then takes 128 numbers at a
// time: four a lane, summed up in the lane, then across the lanes in five steps of shuffle and add, and
// written as 16 bytes a lane.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include "packed_block.h"

namespace {

using aisp::ch05::kBits;
using aisp::ch05::kBlock;
using aisp::ch05::kMask;
using aisp::ch05::kWords;

constexpr int kWarps = 8;  // of a thread block
constexpr unsigned kAll = 0xffffffffu;

__global__ void __launch_bounds__(32 * kWarps)
    unpack(std::int64_t blocks, const std::uint32_t* __restrict__ packed,
           const std::int32_t* __restrict__ first, std::int32_t* __restrict__ values) {
  __shared__ uint4
      staged[kWarps][kWords / 4 + 1];  // one more: a number may be looked for beyond the end
  const int warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  const std::int64_t block = static_cast<std::int64_t>(blockIdx.x) * kWarps + warp;
  if (block >= blocks) return;
  const uint4* const from = reinterpret_cast<const uint4*>(packed + block * kWords);
  for (int i = lane; i < kWords / 4; i += 32) staged[warp][i] = __ldcs(from + i);
  __syncwarp();
  const auto* const words = reinterpret_cast<const std::uint32_t*>(staged[warp]);
  std::int32_t before = first[block];
  int4* const to = reinterpret_cast<int4*>(values + block * kBlock);
#pragma unroll
  for (int i = 0; i < kBlock; i += 128) {
    std::int32_t v[4];
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const int bit = (i + 4 * lane + j) * static_cast<int>(kBits);
      v[j] = static_cast<std::int32_t>(
          __funnelshift_r(words[bit / 32], words[bit / 32 + 1], bit % 32) & kMask);
      if (j > 0) v[j] += v[j - 1];
    }
    std::int32_t sum = v[3];  // of this lane and all below
#pragma unroll
    for (int distance = 1; distance < 32; distance *= 2) {
      const std::int32_t below = __shfl_up_sync(kAll, sum, distance);
      if (lane >= distance) sum += below;
    }
    const std::int32_t offset = before + sum - v[3];
    __stcs(to + i / 4 + lane,
           make_int4(offset + v[0], offset + v[1], offset + v[2], offset + v[3]));
    before += __shfl_sync(kAll, sum, 31);
  }
}

void run(const aisp::Launch& launch) {
  const std::int64_t blocks = launch.output_tensor(0).shape[0];
  unpack<<<static_cast<unsigned>((blocks + kWarps - 1) / kWarps), 32 * kWarps, 0,
           launch.stream<cudaStream_t>()>>>(blocks, launch.input<std::uint32_t>(0),
                                            launch.input<std::int32_t>(1),
                                            launch.output<std::int32_t>(0));
  aisp::kernels::check_launch("unpack");
}

}  // namespace

AISP_IMPLEMENTATION(run, "a warp for each block of numbers, sums across lanes");
