// A tree of OpenMP tasks.
#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* in = launch.input<float>(0);
  float* out = launch.output<float>(0);
#pragma omp parallel
#pragma omp single
  for (std::size_t first = 0; first < 512; first += 64) {
#pragma omp task firstprivate(first)
    for (std::size_t row = first; row < first + 64; ++row)
      out[row] = corpus::sum(in + row * 1024, 1024);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "a tree of OpenMP tasks");
