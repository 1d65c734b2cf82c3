// Tiles in registers on top of tiles in shared memory: 8 x 8 results for each thread, so that a float
// that is read from shared memory is used eight times. The kernel and its numbers:
// kernels/register_tiles.cuh.
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

AISP_IMPLEMENTATION(run, "128 x 128 tiles, 8 x 8 results per thread in registers");
