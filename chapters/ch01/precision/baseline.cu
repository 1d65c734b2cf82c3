// fp32 throughout on CUDA cores, tiles in registers. Only the finished result is rounded to bf16.
#include <aisp/implementation.h>
#include <kernels/register_tiles.cuh>

namespace {

void run(const aisp::Launch& launch) {
  using namespace aisp::kernels;
  register_tiles_gemm<LargeTiles>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                                  launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                                  launch.input<float>(0), launch.input<float>(1),
                                  StoreBf16{launch.output<__nv_bfloat16>(0)});
}

}  // namespace

AISP_IMPLEMENTATION(run, "fp32 factors, result rounded to bf16");
