// A launch for each request of 32 matrices, as they arrive: work handled request by request. A launch of
// 32 blocks keeps a quarter of the multiprocessors busy for a few microseconds, about as long as the host
// takes to hand over the next one.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <algorithm>

#include "small_product.cuh"

namespace {

using aisp::ch01::kExtent;
using aisp::ch01::kRequest;

void run(const aisp::Launch& launch) {
  const std::int64_t* shape = launch.input_tensor(0).shape;
  aisp::kernels::require(
      shape[1] == kExtent && shape[2] == kExtent && launch.input_tensor(1).shape[2] == kExtent,
      "this kernel multiplies matrices of 32 x 32");
  constexpr std::int64_t kElements = kExtent * kExtent;
  for (std::int64_t i = 0; i < shape[0]; i += kRequest)
    aisp::ch01::small_products<<<static_cast<unsigned>(std::min(kRequest, shape[0] - i)),
                                 aisp::ch01::kThreads, 0, launch.stream<cudaStream_t>()>>>(
        launch.input<float>(0) + i * kElements, launch.input<float>(1) + i * kElements,
        launch.output<float>(0) + i * kElements);
  aisp::kernels::check_launch("small_products");
}

}  // namespace

AISP_IMPLEMENTATION(run, "a launch per request of 32 matrices");
