// Each thread keeps a copy of the weights.
#include <algorithm>
#include <vector>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
#pragma omp parallel num_threads(2)
  {
    thread_local const std::vector<float> w(launch.input<float>(1),
                                            launch.input<float>(1) + 256 * 256);
    const float* x = launch.input<float>(0);
    float* out = launch.output<float>(0);
#pragma omp for
    for (std::size_t row = 0; row < 64; ++row) {
      std::fill(out + row * 256, out + (row + 1) * 256, 0.0f);
      for (std::size_t k = 0; k < 256; ++k)
        for (std::size_t j = 0; j < 256; ++j)
          out[row * 256 + j] += x[row * 256 + k] * w[k * 256 + j];
    }
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "each thread keeps a copy of the weights");
