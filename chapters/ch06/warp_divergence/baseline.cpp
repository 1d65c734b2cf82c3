// A switch for each particle: the kind of the next one cannot be predicted, and neighbours that do
// different things cannot share a vector.
#include <aisp/aisp.h>

#include <cstdint>

#include "motion.h"

namespace {

using namespace aisp::ch06;

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const float* x = launch.input<float>(0);
  const std::int32_t* kind = launch.input<std::int32_t>(1);
  float* y = launch.output<float>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; ++i) {
    switch (kind[i]) {
      case 0: y[i] = integrate<0>(x[i]); break;
      case 1: y[i] = integrate<1>(x[i]); break;
      case 2: y[i] = integrate<2>(x[i]); break;
      default: y[i] = integrate<3>(x[i]); break;
    }
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "a switch for each particle");
