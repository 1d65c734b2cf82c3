// Blocks are shared out over the threads, because the format allows it; within a block, number by number,
// with a buffer of bits that is filled up and emptied.
#include <aisp/aisp.h>

#include "packed_block.h"

namespace {

void run(const aisp::Launch& launch) {
  using namespace aisp::ch05;
  const std::int64_t blocks = launch.output_tensor(0).shape[0];
  const std::uint32_t* packed = launch.input<std::uint32_t>(0);
  const std::int32_t* first = launch.input<std::int32_t>(1);
  std::int32_t* values = launch.output<std::int32_t>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t b = 0; b < blocks; ++b)
    unpack_block(packed + b * kWords, first[b], values + b * kBlock);
}

}  // namespace

AISP_IMPLEMENTATION(run, "blocks over threads, number by number");
