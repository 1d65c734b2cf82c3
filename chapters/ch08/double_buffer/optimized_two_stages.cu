// Two buffers: the next slice is under way while this one is multiplied, for as long as that takes.
#include <aisp/implementation.h>
#include <kernels/register_tiles.cuh>

namespace {

using Tiles = aisp::kernels::RegisterTiles<128, 128, 8, 2, 2>;

void run(const aisp::Launch& launch) {
  using namespace aisp::kernels;
  register_tiles_gemm<Tiles>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                             launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                             launch.input<float>(0), launch.input<float>(1),
                             Store{launch.output<float>(0)});
}

}  // namespace

AISP_IMPLEMENTATION(run, "two buffers: the next slice is fetched meanwhile");
