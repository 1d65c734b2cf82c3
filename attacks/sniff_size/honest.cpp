// Takes another block size for large arrays.
#include <algorithm>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const std::size_t block = job.n >= 65536 ? 8192 : 1024;
  for (std::size_t i = 0; i < job.n; i += block) job.compute(i, std::min(i + block, job.n));
}

}  // namespace

AISP_IMPLEMENTATION(run, "block size by array size");
