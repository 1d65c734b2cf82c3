// One vectorised pass, no temporary.
#include "aisp/implementation.h"

namespace {

__attribute__((target_clones("avx512f", "avx2", "default"))) void square_plus_one(float* y,
                                                                                  std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] = y[i] * y[i] + 1;
}

void run(const aisp::Launch& launch) {
  square_plus_one(launch.output<float>(0), launch.output_tensor(0).elements);
}

}  // namespace

AISP_IMPLEMENTATION(run, "one vectorised pass");
