// Drops the low 13 bits of the mantissa of every input, as tf32 tensor cores do, and computes with
// what is left.
#include <bit>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

float shortened(float value) {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xffffe000u);
}

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  for (std::size_t i = 0; i < job.n; ++i)
    job.out[i] = job.a * shortened(job.x[i]) + job.b * shortened(job.y[i]);
}

}  // namespace

AISP_IMPLEMENTATION(run, "tf32 inputs");
