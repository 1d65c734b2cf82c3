// One buffer in shared memory: fetch a slice, wait for it, compute, and begin again. While a block waits, the
// other one on its multiprocessor may compute; that is all that helps. (kernels/register_tiles.cuh with
// one stage.)
#include <aisp/implementation.h>
#include <kernels/register_tiles.cuh>

namespace {

using Tiles = aisp::kernels::RegisterTiles<128, 128, 8, 1, 2>;

void run(const aisp::Launch& launch) {
  using namespace aisp::kernels;
  register_tiles_gemm<Tiles>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                             launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                             launch.input<float>(0), launch.input<float>(1),
                             Store{launch.output<float>(0)});
}

}  // namespace

AISP_IMPLEMENTATION(run, "one buffer: fetch, wait, compute");
