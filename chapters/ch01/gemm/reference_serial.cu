// A launch for each matrix, as a loop over calls of a library does it. A product takes a block a few
// microseconds at most, and a launch takes the host longer; one of 132 multiprocessors works. Nobody
// who knows that would write it: it is here for its number, and no speedup is reported against it.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include "small_product.cuh"

namespace {

using aisp::ch01::kExtent;

void run(const aisp::Launch& launch) {
  const std::int64_t* shape = launch.input_tensor(0).shape;
  aisp::kernels::require(
      shape[1] == kExtent && shape[2] == kExtent && launch.input_tensor(1).shape[2] == kExtent,
      "this kernel multiplies matrices of 32 x 32");
  constexpr std::int64_t kElements = kExtent * kExtent;
  for (std::int64_t i = 0; i < shape[0]; ++i)
    aisp::ch01::small_products<<<1, aisp::ch01::kThreads, 0, launch.stream<cudaStream_t>()>>>(
        launch.input<float>(0) + i * kElements, launch.input<float>(1) + i * kElements,
        launch.output<float>(0) + i * kElements);
  aisp::kernels::check_launch("small_products");
}

}  // namespace

AISP_IMPLEMENTATION(run, "a launch per matrix");
