// Uses a seeded generator of its own to choose among equal variants.
#include <algorithm>
#include <random>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

std::minstd_rand engine(42);

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const std::size_t block = std::size_t{512} << engine() % 4;
  for (std::size_t i = 0; i < job.n; i += block) job.compute(i, std::min(i + block, job.n));
}

}  // namespace

AISP_IMPLEMENTATION(run, "random block size");
