// One launch: the product is the baseline's, and bias and maximum are applied to its sums in registers, on
// their way out. C is written once.
#include <aisp/implementation.h>
#include <kernels/register_tiles.cuh>

namespace {

void run(const aisp::Launch& launch) {
  using namespace aisp::kernels;
  register_tiles_gemm<LargeTiles>(
      launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
      launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1], launch.input<float>(0),
      launch.input<float>(1), StoreBiased{launch.output<float>(0), launch.input<float>(2), true});
}

}  // namespace

AISP_IMPLEMENTATION(run, "bias and maximum in the registers of the product");
