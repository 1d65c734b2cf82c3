// A thread that is started and joined in every call.
#include <algorithm>
#include <thread>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  const auto rows = [&](std::size_t begin, std::size_t end) {
    const float* x = launch.input<float>(0);
    const float* w = launch.input<float>(1);
    float* out = launch.output<float>(0);
    for (std::size_t row = begin; row < end; ++row) {
      std::fill(out + row * 256, out + (row + 1) * 256, 0.0f);
      for (std::size_t k = 0; k < 256; ++k)
        for (std::size_t j = 0; j < 256; ++j)
          out[row * 256 + j] += x[row * 256 + k] * w[k * 256 + j];
    }
  };
  std::thread other(rows, 0, 32);
  rows(32, 64);
  other.join();
}

}  // namespace

AISP_IMPLEMENTATION(run, "a thread that is started and joined in every call");
