// A thread for each block: parallel over blocks, and serial within. Neighbouring threads read and write
// 1408 and 4096 bytes apart, so that of each 32 bytes that come over four are used at a time.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include "packed_block.h"

namespace {

using aisp::ch05::kBits;
using aisp::ch05::kBlock;
using aisp::ch05::kMask;
using aisp::ch05::kWords;

constexpr int kThreads = 128;

__global__ void __launch_bounds__(kThreads)
    unpack(std::int64_t blocks, const std::uint32_t* __restrict__ packed,
           const std::int32_t* __restrict__ first, std::int32_t* __restrict__ values) {
  const std::int64_t block = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (block >= blocks) return;
  packed += block * kWords;
  values += block * kBlock;
  std::uint64_t bits = 0;
  int held = 0;
  std::int32_t value = first[block];
  for (int i = 0; i < kBlock; ++i) {
    if (held < kBits) {
      bits |= static_cast<std::uint64_t>(*packed++) << held;
      held += 32;
    }
    value += static_cast<std::int32_t>(bits & kMask);
    values[i] = value;
    bits >>= kBits;
    held -= kBits;
  }
}

void run(const aisp::Launch& launch) {
  const std::int64_t blocks = launch.output_tensor(0).shape[0];
  unpack<<<static_cast<unsigned>((blocks + kThreads - 1) / kThreads), kThreads, 0,
           launch.stream<cudaStream_t>()>>>(blocks, launch.input<std::uint32_t>(0),
                                            launch.input<std::int32_t>(1),
                                            launch.output<std::int32_t>(0));
  aisp::kernels::check_launch("unpack");
}

}  // namespace

AISP_IMPLEMENTATION(run, "a thread for each block of numbers");
