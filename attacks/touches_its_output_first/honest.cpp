// Clears its output before it computes.
#include <cstdint>

#include "../chain.h"
#include "aisp/implementation.h"

static void run(const aisp::Launch& launch) {
  const auto words = launch.input_span<std::int64_t>(0);
  volatile std::int32_t* out = launch.output<std::int32_t>(0);
  *out = 0;
  *out = corpus::chain(words.data(), words.size());
}

AISP_IMPLEMENTATION(run, "clears its output first");
