// A thread for each block.
#include "aisp/implementation.h"
#include "blocks.h"

namespace {

void run(const aisp::Launch& launch) {
  const std::int64_t* const words = launch.input<std::int64_t>(0);
  std::int32_t* const hash = launch.output<std::int32_t>(0);
#pragma omp parallel for schedule(static) num_threads(2)
  for (std::int64_t block = 0; block < 2; ++block)
    hash[block] = testbed::chain(words + block * testbed::kTeamWords, testbed::kTeamWords);
}

}  // namespace

AISP_IMPLEMENTATION(run, "a thread for each block");
