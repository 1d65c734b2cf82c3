// One call per matrix, and each call starts and joins its own parallel region. That is how
// libraries are written: a parallel gemm() that is right for large matrices, here called 2048 times
// for small ones. Its kernel is that of the optimized version; the region around it costs several
// times more than the product inside.
#include <aisp/aisp.h>

#include <kernels/register_tiles.h>

namespace {

using aisp::kernels::TileKernels;

void gemm(const TileKernels& kernels, std::int64_t m, std::int64_t n, std::int64_t k,
          const float* a, const float* b, float* c) {
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < m; i += kernels.rows)
    aisp::kernels::small_gemm_rows(kernels, i, m, n, k, a, b, c);
}

void run(const aisp::Launch& launch) {
  const std::int64_t* a_shape = launch.input_tensor(0).shape;
  const std::int64_t batch = a_shape[0], m = a_shape[1], k = a_shape[2];
  const std::int64_t n = launch.input_tensor(1).shape[2];
  const float* a = launch.input<float>(0);
  const float* b = launch.input<float>(1);
  float* c = launch.output<float>(0);
  const TileKernels& kernels = aisp::kernels::tile_kernels();
  for (std::int64_t i = 0; i < batch; ++i)
    gemm(kernels, m, n, k, a + i * m * k, b + i * k * n, c + i * m * n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "a parallel region per matrix");
