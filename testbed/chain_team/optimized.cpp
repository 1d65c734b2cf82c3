// Both blocks side by side in one thread: two chains of multiplications take as long as one.
#include "aisp/implementation.h"
#include "blocks.h"

namespace {

void run(const aisp::Launch& launch) {
  testbed::two_chains(launch.input<std::int64_t>(0), launch.output<std::int32_t>(0));
}

}  // namespace

AISP_IMPLEMENTATION(run, "both blocks in one thread");
