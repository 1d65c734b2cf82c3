// The same product on tensor cores: both factors are rounded to tf32 (to nearest) on their way from shared
// memory, sums stay in fp32.
#include <aisp/implementation.h>

#include "tf32_mma.cuh"

namespace {

void run(const aisp::Launch& launch) {
  aisp::ch02::tf32_mma_gemm<3>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                               launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                               launch.input<float>(0), launch.input<float>(1),
                               launch.output<float>(0));
}

}  // namespace

AISP_IMPLEMENTATION(run, "tf32 tensor cores, factors rounded");
