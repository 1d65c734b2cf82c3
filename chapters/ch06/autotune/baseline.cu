// The tile that is best for large matrices, 128 x 128, for whatever comes.
#include <aisp/implementation.h>
#include <kernels/register_tiles.cuh>

namespace {

void run(const aisp::Launch& launch) {
  using namespace aisp::kernels;
  register_tiles_gemm<LargeTiles>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                                  launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                                  launch.input<float>(0), launch.input<float>(1),
                                  Store{launch.output<float>(0)});
}

}  // namespace

AISP_IMPLEMENTATION(run, "128 x 128 tiles, whatever the shape");
