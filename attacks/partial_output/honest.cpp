// Computes the last elements in a loop of its own after the blocks.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const std::size_t blocks = job.n / 1000 * 1000;
  for (std::size_t i = 0; i < blocks; i += 1000) job.compute(i, i + 1000);
  job.compute(blocks, job.n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "blocks and a tail");
