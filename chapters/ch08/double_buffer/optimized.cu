// Four buffers: slices are asked for three ahead, so that a fetch may take three times as long as a slice's
// products.
#include <aisp/implementation.h>
#include <kernels/register_tiles.cuh>

namespace {

using Tiles = aisp::kernels::RegisterTiles<128, 128, 8, 4, 2>;

void run(const aisp::Launch& launch) {
  using namespace aisp::kernels;
  register_tiles_gemm<Tiles>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                             launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                             launch.input<float>(0), launch.input<float>(1),
                             Store{launch.output<float>(0)});
}

}  // namespace

AISP_IMPLEMENTATION(run, "four buffers: three slices are fetched ahead");
