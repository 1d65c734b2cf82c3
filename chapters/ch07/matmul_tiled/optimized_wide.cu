// The same with 128 x 256 tiles and 8 x 16 results for each thread: fewer reads of shared memory for each multiplication, and
// 192 tiles for 132 multiprocessors.
#include <aisp/implementation.h>
#include <kernels/register_tiles.cuh>

namespace {

using WideTiles = aisp::kernels::RegisterTiles<128, 256, 16, 4, 1>;

void run(const aisp::Launch& launch) {
  using namespace aisp::kernels;
  register_tiles_gemm<WideTiles>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                                 launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                                 launch.input<float>(0), launch.input<float>(1),
                                 Store{launch.output<float>(0)});
}

}  // namespace

AISP_IMPLEMENTATION(run, "tiles in shared memory and 8 x 16 results per thread in registers");
