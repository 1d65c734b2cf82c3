// One call for the whole batch: a single parallel region and a contiguous share of the matrices for
// each thread. The product is that of the baseline, tile by tile. Nothing is packed: a matrix is
// 4 KiB and lies in the L1 as it is.
#include <aisp/aisp.h>

#include <kernels/register_tiles.h>

namespace {

void run(const aisp::Launch& launch) {
  const std::int64_t* a_shape = launch.input_tensor(0).shape;
  const std::int64_t batch = a_shape[0], m = a_shape[1], k = a_shape[2];
  const std::int64_t n = launch.input_tensor(1).shape[2];
  const float* a = launch.input<float>(0);
  const float* b = launch.input<float>(1);
  float* c = launch.output<float>(0);
  const aisp::kernels::TileKernels& kernels = aisp::kernels::tile_kernels();
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < batch; ++i)
    for (std::int64_t row = 0; row < m; row += kernels.rows)
      aisp::kernels::small_gemm_rows(kernels, row, m, n, k, a + i * m * k, b + i * k * n,
                                     c + i * m * n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "one parallel region for the batch");
