// One vectorised pass.
#include "aisp/implementation.h"

namespace {

__attribute__((target_clones("avx512f", "avx2", "default"))) void axpby(const float* __restrict x,
                                                                        const float* __restrict y,
                                                                        float* __restrict out,
                                                                        std::size_t n, float a,
                                                                        float b) {
  for (std::size_t i = 0; i < n; ++i) out[i] = a * x[i] + b * y[i];
}

void run(const aisp::Launch& launch) {
  axpby(launch.input<float>(0), launch.input<float>(1), launch.output<float>(0),
        launch.output_tensor(0).elements, static_cast<float>(launch.param("a")),
        static_cast<float>(launch.param("b")));
}

}  // namespace

AISP_IMPLEMENTATION(run, "one vectorised pass");
