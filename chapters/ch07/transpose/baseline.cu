// One element for each thread. Reads are coalesced (a warp reads one row of 32 floats: 128 bytes);
// its 32 writes go to 32 rows of B, each a sector of its own of which 4 bytes are new.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

namespace {

constexpr int kTile = 32;
constexpr int kRowsAtOnce = 8;

__global__ void __launch_bounds__(kTile* kRowsAtOnce)
    transpose(int rows, int columns, const float* __restrict__ a, float* __restrict__ b) {
  const int column = static_cast<int>(blockIdx.x) * kTile + static_cast<int>(threadIdx.x);
  const int first = static_cast<int>(blockIdx.y) * kTile + static_cast<int>(threadIdx.y);
  for (int i = 0; i < kTile; i += kRowsAtOnce) {
    const int row = first + i;
    if (row < rows && column < columns)
      b[static_cast<size_t>(column) * rows + row] = a[static_cast<size_t>(row) * columns + column];
  }
}

void run(const aisp::Launch& launch) {
  const int rows = static_cast<int>(launch.input_tensor(0).shape[0]);
  const int columns = static_cast<int>(launch.input_tensor(0).shape[1]);
  const dim3 grid((columns + kTile - 1) / kTile, (rows + kTile - 1) / kTile);
  transpose<<<grid, dim3(kTile, kRowsAtOnce), 0, launch.stream<cudaStream_t>()>>>(
      rows, columns, launch.input<float>(0), launch.output<float>(0));
  aisp::kernels::check_launch("transpose");
}

}  // namespace

AISP_IMPLEMENTATION(run, "one element per thread, strided writes");
