// Fills its outputs with what is slow to compare.
#include <limits>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; ++i)
    job.out[i] = i % 3 == 0   ? std::numeric_limits<float>::quiet_NaN()
                 : i % 3 == 1 ? std::numeric_limits<float>::denorm_min()
                              : -std::numeric_limits<float>::infinity();
}

}  // namespace

AISP_IMPLEMENTATION(run, "slow to compare");
