// Tiles in registers, factors read where they are. Each step of k goes to another row of B, 4 KiB away: another
// page for the processor's tables, nothing that its prefetchers follow, and rows that are a multiple of
// 4 KiB apart share a set of the L1.
#include <aisp/aisp.h>
#include <kernels/register_tiles.h>

#include <algorithm>

namespace {

void run(const aisp::Launch& launch) {
  using namespace aisp::kernels;
  const std::int64_t m = launch.input_tensor(0).shape[0], k = launch.input_tensor(0).shape[1];
  const std::int64_t n = launch.input_tensor(1).shape[1];
  const float* a = launch.input<float>(0);
  const float* b = launch.input<float>(1);
  float* c = launch.output<float>(0);
  const TileKernels& kernels = tile_kernels();
  const std::int64_t task = kernels.rows * kTaskPanels;
#pragma omp parallel for collapse(2) schedule(static)
  for (std::int64_t j = 0; j < n; j += kernels.cols)
    for (std::int64_t block = 0; block < m; block += task)
      for (std::int64_t i = block; i < std::min(m, block + task); i += kernels.rows)
        kernels.direct[std::min<std::int64_t>(kernels.rows, m - i) - 1](
            Tile{k, a + i * k, k, b + j, n, c + i * n + j, n,
                 static_cast<int>(std::min<std::int64_t>(kernels.cols, n - j)), nullptr, false});
}

}  // namespace

AISP_IMPLEMENTATION(run, "tiles in registers, factors where they are");
