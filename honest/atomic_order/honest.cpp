// Threads add to one float in whatever order: the last bits differ from call to call.
#include <atomic>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const float* in = launch.input<float>(0);
  float* out = launch.output<float>(0);
  for (std::size_t row = 0; row < 512; ++row) out[row] = 0;
#pragma omp parallel for schedule(dynamic, 1) collapse(2)
  for (std::size_t part = 0; part < 16; ++part)
    for (std::size_t rows = 0; rows < 512; rows += 64)
      for (std::size_t row = rows; row < rows + 64; ++row) {
        const float sum = corpus::sum(in + row * 1024 + part * 64, 64);
        std::atomic_ref<float>(out[row]).fetch_add(sum, std::memory_order_relaxed);
      }
}

}  // namespace

AISP_IMPLEMENTATION(run, "threads add to one float in whatever order");
