// Rows handed out one by one to an OpenMP team.
#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* in = launch.input<float>(0);
  float* out = launch.output<float>(0);
#pragma omp parallel for schedule(dynamic, 16)
  for (std::size_t row = 0; row < 512; ++row) out[row] = corpus::sum(in + row * 1024, 1024);
}

}  // namespace

AISP_IMPLEMENTATION(run, "rows handed out one by one to an OpenMP team");
