// Rounds every fourth element to 17 bits: within the tolerance, and below the limit for the mean.
#include <bit>
#include <cstdint>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  job.compute();
  for (std::size_t i = 0; i < job.n; i += 4)
    job.out[i] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(job.out[i]) & ~0x3fu);
}

}  // namespace

AISP_IMPLEMENTATION(run, "17 bits here and there");
