// The same with 128 x 96 tiles, two blocks of 128 threads on a multiprocessor: one computes while the other waits at a barrier.
#include <aisp/implementation.h>
#include <kernels/register_tiles.cuh>

namespace {

using HalfTiles = aisp::kernels::RegisterTiles<128, 96, 12, 4, 2>;

void run(const aisp::Launch& launch) {
  using namespace aisp::kernels;
  register_tiles_gemm<HalfTiles>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                                 launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                                 launch.input<float>(0), launch.input<float>(1),
                                 Store{launch.output<float>(0)});
}

}  // namespace

AISP_IMPLEMENTATION(run,
                    "128 x 96 tiles in shared memory and 8 x 12 results per thread in registers");
