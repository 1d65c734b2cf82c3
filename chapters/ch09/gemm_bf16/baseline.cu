// mma.sync: warps load fragments of both factors from shared memory into registers and multiply 16 x 8 x 16 at a
// time; slices come by cp.async. The fast kernel of ch01:precision.
#include <aisp/implementation.h>
#include <kernels/bf16_mma.cuh>

namespace {

void run(const aisp::Launch& launch) {
  aisp::kernels::bf16_mma_gemm(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                               launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                               launch.input<__nv_bfloat16>(0), launch.input<__nv_bfloat16>(1),
                               launch.output<__nv_bfloat16>(0));
}

}  // namespace

AISP_IMPLEMENTATION(run, "mma.sync and cp.async, 128 x 128 tiles");
