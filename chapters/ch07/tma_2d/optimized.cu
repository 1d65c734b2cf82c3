// Blocks that stay, with three tiles each in turn: while one is filtered, the tensor memory accelerator
// fetches the next two. Three blocks share a multiprocessor, and 176 KB of it are tiles: more than memory
// needs under way, without a register or a thread waiting for them.
#include <aisp/implementation.h>

#include <algorithm>

#include "smooth_tile.cuh"
#include "tensor_tiles.cuh"

namespace {

using namespace aisp::ch07;

constexpr int kStages = 3;
constexpr int kBlocksPerMultiprocessor = 3;
constexpr int kBoxBytes = kBoxFloats * static_cast<int>(sizeof(float));

__global__ void __launch_bounds__(kThreads, kBlocksPerMultiprocessor)
    smooth(const __grid_constant__ CUtensorMap map, int tiles, int tiles_of_row, int columns,
           float* __restrict__ y) {
#if __CUDA_ARCH__ >= 900
  extern __shared__ __align__(128) float boxes[];
  __shared__ std::uint64_t full[kStages];
  const auto fetch = [&](int tile, int stage) {
    fetch_box(boxes + stage * kBoxFloats, &map, tile / tiles_of_row * kTileRows - 2,
              tile % tiles_of_row * kTileColumns - 4, kBoxBytes, &full[stage]);
  };
  const int first = static_cast<int>(blockIdx.x), stride = static_cast<int>(gridDim.x);
  if (threadIdx.x == 0) {
    for (int s = 0; s < kStages; ++s) make_barrier(&full[s], 1);
    fence_barriers();
    for (int s = 0; s < kStages; ++s)
      if (first + s * stride < tiles) fetch(first + s * stride, s);
  }
  __syncthreads();
  int stage = 0;
  unsigned parity = 0;
  for (int tile = first; tile < tiles; tile += stride) {
    wait_barrier(&full[stage], parity);
    smooth_tile(boxes + stage * kBoxFloats,
                y + static_cast<std::int64_t>(tile / tiles_of_row) * kTileRows * columns +
                    tile % tiles_of_row * kTileColumns,
                columns);
    __syncthreads();  // nobody reads this tile any more
    if (threadIdx.x == 0 && tile + kStages * stride < tiles) fetch(tile + kStages * stride, stage);
    if (++stage == kStages) {
      stage = 0;
      parity ^= 1;
    }
  }
#endif
}

class Optimized {
 public:
  explicit Optimized(const aisp::Launch&) {
    aisp::kernels::check(cudaFuncSetAttribute(smooth, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                              kStages * kBoxBytes),
                         "cudaFuncSetAttribute");
  }

  void run(const aisp::Launch& launch) {
    const int rows = static_cast<int>(launch.input_tensor(0).shape[0]);
    const int columns = static_cast<int>(launch.input_tensor(0).shape[1]);
    aisp::kernels::require(rows % kTileRows == 0 && columns % kTileColumns == 0,
                           "this kernel needs rows that 32 divides and columns that 128 divides");
    const int tiles = rows / kTileRows * (columns / kTileColumns);
    smooth<<<std::min(tiles, blocks_), kThreads, kStages * kBoxBytes,
             launch.stream<cudaStream_t>()>>>(
        maps_.of(launch.input<float>(0), rows, columns, kBoxRows, kBoxColumns), tiles,
        columns / kTileColumns, columns, launch.output<float>(0));
    aisp::kernels::check_launch("smooth");
  }

 private:
  TensorMaps maps_;
  int blocks_ = aisp::kernels::multiprocessors() * kBlocksPerMultiprocessor;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized,
                          "three tiles in turn, fetched by the tensor memory accelerator");
