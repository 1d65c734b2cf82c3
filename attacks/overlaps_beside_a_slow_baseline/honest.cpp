// The block of one call.
#include "../chain.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto words = launch.input_span<std::int64_t>(0);
  launch.output<std::int32_t>(0)[0] = corpus::chain(words.data(), words.size());
}

}  // namespace

AISP_IMPLEMENTATION(run, "the block of one call");
