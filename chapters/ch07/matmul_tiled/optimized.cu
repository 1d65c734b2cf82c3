// Tiles in registers on top of tiles in shared memory: 8 x 12 results for each thread, so that a float
// read from shared memory is used eight or twelve times. The kernel: kernels/register_tiles.cuh.
//
// The tile is chosen by what is left over: 2048 x 3072 results are 256 tiles of 128 x 192, and 132
// multiprocessors need two turns for these, both nearly full. Tiles of 128 x 256, faster by themselves, are
// 192: two turns as well, of which the second leaves half of the card idle.
#include <aisp/implementation.h>
#include <kernels/register_tiles.cuh>

namespace {

using Tiles = aisp::kernels::RegisterTiles<128, 192, 12, 4, 1>;

void run(const aisp::Launch& launch) {
  using namespace aisp::kernels;
  register_tiles_gemm<Tiles>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                             launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                             launch.input<float>(0), launch.input<float>(1),
                             Store{launch.output<float>(0)});
}

}  // namespace

AISP_IMPLEMENTATION(run, "tiles in shared memory and 8 x 12 results per thread in registers");
