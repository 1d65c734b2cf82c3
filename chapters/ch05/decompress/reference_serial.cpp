// One thread, one block after the other, number by number: how a stream is usually decoded.
#include <aisp/aisp.h>

#include "packed_block.h"

namespace {

void run(const aisp::Launch& launch) {
  using namespace aisp::ch05;
  const std::int64_t blocks = launch.output_tensor(0).shape[0];
  for (std::int64_t b = 0; b < blocks; ++b)
    unpack_block(launch.input<std::uint32_t>(0) + b * kWords, launch.input<std::int32_t>(1)[b],
                 launch.output<std::int32_t>(0) + b * kBlock);
}

}  // namespace

AISP_IMPLEMENTATION(run, "one thread, number by number");
