// c = a b by wgmma: bf16, row-major, fp32 sums, result rounded once. What the kernels here share is the tile:
// 128 x 256 of c by two warpgroups, 64 rows each (128 sums in every thread), slices of 64 in k by the copy
// engine. They differ in who asks for the next slice, and when.
//
// A tile of a is one panel of 128 rows: k lies side by side. A tile of b is four panels of 64 rows: n lies
// side by side, and wgmma transposes it on its way (for 16-bit types it can).
//
// Blocks stay and take tiles in turn. Neighbouring blocks work on a group of 16 tiles of rows, so that what
// they read at one time is a square in the middle of the matrices, and in the L2.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>

#include "cuda_check.cuh"
#include "mbarrier.cuh"
#include "quad_transpose.cuh"
#include "tensor_map.cuh"
#include "wgmma.cuh"

namespace aisp::kernels {

struct WgmmaTiles {
  static constexpr int kBlockM = 128, kBlockN = 256, kDepth = 64;
  static constexpr int kWarpgroups = 2, kThreads = 128 * kWarpgroups;
  static constexpr int kPanelsB = kBlockN / kPanelColumns;
  static constexpr int kBytesA = kBlockM * kPanelRowBytes;
  static constexpr int kPanelBytesB = kDepth * kPanelRowBytes;
  static constexpr int kStageBytes = kBytesA + kPanelsB * kPanelBytesB;  // 48 KiB
  static constexpr int kGroupOfRows = 16;
};

constexpr int wgmma_shared_bytes(int stages) {
  const int barriers = 2 * stages;  // full, free
  return kAlignmentBytes + stages * WgmmaTiles::kStageBytes + barriers * 8;
}

struct WgmmaShape {
  int tile_rows;     // m / 128
  int tile_columns;  // n / 256
  int slices;        // k / 64
  int n;
  __device__ __forceinline__ int tiles() const { return tile_rows * tile_columns; }
};

// Where a tile is. With a cluster of kBlocks the tile is one for all its blocks: kBlocks below each other.
struct WgmmaPlace {
  int row, column;  // in tiles
};
template <int kBlocks>
__device__ __forceinline__ WgmmaPlace wgmma_place(const WgmmaShape& shape, int tile, int rank) {
  constexpr int kGroup = WgmmaTiles::kGroupOfRows / kBlocks;
  const int rows = shape.tile_rows / kBlocks;
  const int group = tile / (kGroup * shape.tile_columns);
  const int in_group = tile - group * kGroup * shape.tile_columns;
  const int height = min(kGroup, rows - group * kGroup);
  return {(group * kGroup + in_group % height) * kBlocks + rank, in_group / height};
}

#if AISP_SM_90A
// Asks for four steps of 16 in k, for the 64 rows of this warpgroup.
__device__ __forceinline__ void wgmma_slice(float (&sums)[128], const unsigned char* stage,
                                            int warpgroup, bool first) {
  using T = WgmmaTiles;
  const std::uint64_t a = k_major_tile(stage + warpgroup * 64 * kPanelRowBytes);
  const std::uint64_t b = mn_major_tile<T::kPanelBytesB>(stage + T::kBytesA);
  wgmma_fence();
#pragma unroll
  for (int step = 0; step < T::kDepth / 16; ++step)
    wgmma<Major::mn>(sums, advance(a, step * kStepBytesK), advance(b, step * kStepBytesMn),
                     step > 0 || !first);
  wgmma_commit();
}

__device__ __forceinline__ void wgmma_store(const float (&sums)[128], const WgmmaPlace& place,
                                            int warpgroup, int n, __nv_bfloat16* c) {
  const int lane = static_cast<int>(threadIdx.x) % 32,
            warp = static_cast<int>(threadIdx.x) / 32 % 4;
  const int row = place.row * WgmmaTiles::kBlockM + warpgroup * 64 + warp * 16 + lane / 4;
  const float one[2] = {1, 1};
  store_bf16_rows(sums, one,
                  c + static_cast<std::int64_t>(row) * n + place.column * WgmmaTiles::kBlockN, n);
}
#endif

// Everybody multiplies, and one of them asks for slices besides. When a slice has been multiplied, all threads
// meet, and its place is free for another: with one stage the copy then begins while everybody waits for
// it; with more, the copies of kStages - 1 slices are under way and one product is, too.
template <int kStages>
__global__ void __launch_bounds__(WgmmaTiles::kThreads, 1)
    wgmma_gemm_in_turn(const __grid_constant__ CUtensorMap map_a,
                       const __grid_constant__ CUtensorMap map_b, const WgmmaShape shape,
                       __nv_bfloat16* __restrict__ c) {
#if AISP_SM_90A
  using T = WgmmaTiles;
  constexpr int kBehind = kStages > 1 ? 1 : 0;  // products that may be under way when threads meet
  unsigned char* const stages = aligned_shared_memory();
  std::uint64_t* const full = reinterpret_cast<std::uint64_t*>(stages + kStages * T::kStageBytes);
  const int warpgroup = __shfl_sync(~0u, static_cast<int>(threadIdx.x) / 128, 0);
  const int first = static_cast<int>(blockIdx.x), stride = static_cast<int>(gridDim.x);
  const int mine = (shape.tiles() - first + stride - 1) / stride;  // tiles of this block
  const int turns = mine * shape.slices;

  const auto fetch = [&](int turn) {
    const WgmmaPlace place = wgmma_place<1>(shape, first + turn / shape.slices * stride, 0);
    const int slice = turn % shape.slices;
    unsigned char* const stage = stages + turn % kStages * T::kStageBytes;
    std::uint64_t* const barrier = full + turn % kStages;
    arrive_and_expect(barrier, T::kStageBytes);
    fetch_tile(stage, &map_a, place.row * T::kBlockM, slice, barrier);
    fetch_tile(stage + T::kBytesA, &map_b, slice * T::kDepth, place.column * T::kPanelsB, barrier);
  };
  if (threadIdx.x == 0) {
    for (int s = 0; s < kStages; ++s) make_barrier(full + s, 1);
    fence_barriers();
    for (int turn = 0; turn < min(kStages, turns); ++turn) fetch(turn);
  }
  __syncthreads();

  float sums[128];
  int turn = 0;
  for (int tile = first; tile < shape.tiles(); tile += stride) {
#pragma unroll 1  // sums are being written to while the loop turns: no copies of them
    for (int slice = 0; slice < shape.slices; ++slice, ++turn) {
      wait_barrier(full + turn % kStages, turn / kStages & 1);
      wgmma_slice(sums, stages + turn % kStages * T::kStageBytes, warpgroup, slice == 0);
      wgmma_wait<kBehind>();
      __syncthreads();  // the product of turn - kBehind is done in all warps
      const int next = turn - kBehind + kStages;
      if (threadIdx.x == 0 && turn >= kBehind && next < turns) fetch(next);
    }
    wgmma_wait<0>();
    arrived(sums);
    wgmma_store(sums, wgmma_place<1>(shape, tile, 0), warpgroup, shape.n, c);
  }
#endif
}

// A third warpgroup asks for slices and does nothing else; a place is free when all warps that multiply have
// said so. No thread ever waits for all others. The copying warpgroup gives its registers to the others.
//
// In a cluster of two, blocks below each other need the same tile of b: each fetches half of it, for both.
// A place is then free when the warps of both blocks have said so.
template <int kStages, int kBlocks>
__global__ void __launch_bounds__(WgmmaTiles::kThreads + 128, 1)
    wgmma_gemm_by_role(const __grid_constant__ CUtensorMap map_a,
                       const __grid_constant__ CUtensorMap map_b, const WgmmaShape shape,
                       __nv_bfloat16* __restrict__ c) {
#if AISP_SM_90A
  using T = WgmmaTiles;
  unsigned char* const stages = aligned_shared_memory();
  std::uint64_t* const full = reinterpret_cast<std::uint64_t*>(stages + kStages * T::kStageBytes);
  std::uint64_t* const free = full + kStages;
  const int rank = kBlocks == 1 ? 0 : static_cast<int>(cluster_rank());
  if (threadIdx.x == 0) {
    for (int s = 0; s < kStages; ++s) {
      make_barrier(full + s, 1);
      make_barrier(free + s, kBlocks * T::kThreads / 32);  // a lane of each warp that multiplies
    }
    fence_barriers();
  }
  if constexpr (kBlocks == 1)
    __syncthreads();
  else
    cluster_sync();

  const int first = static_cast<int>(blockIdx.x) / kBlocks;
  const int stride = static_cast<int>(gridDim.x) / kBlocks;
  const int tiles = shape.tiles() / kBlocks;
  const int warpgroup = __shfl_sync(~0u, static_cast<int>(threadIdx.x) / 128, 0);
  int stage = 0;
  unsigned parity = 0;
  const auto advance_stage = [&] {
    if (++stage == kStages) {
      stage = 0;
      parity ^= 1;
    }
  };
  if (warpgroup == T::kWarpgroups) {
    shrink_registers<40>();
    if (threadIdx.x == T::kThreads) {
      for (int tile = first; tile < tiles; tile += stride) {
        const WgmmaPlace place = wgmma_place<kBlocks>(shape, tile, rank);
        for (int slice = 0; slice < shape.slices; ++slice) {
          unsigned char* const to = stages + stage * T::kStageBytes;
          wait_barrier(free + stage, parity ^ 1);  // at once in the first round
          // Both halves of b count here, whoever fetches them. The other block's may come before this
          // line: the count of bytes may go below zero, and the phase waits for this arrival.
          arrive_and_expect(full + stage, T::kStageBytes);
          fetch_tile(to, &map_a, place.row * T::kBlockM, slice, full + stage);
          if constexpr (kBlocks == 1) {
            fetch_tile(to + T::kBytesA, &map_b, slice * T::kDepth, place.column * T::kPanelsB,
                       full + stage);
          } else {
            constexpr int kPanels = T::kPanelsB / kBlocks;
            fetch_tile_for((1 << kBlocks) - 1, to + T::kBytesA + rank * kPanels * T::kPanelBytesB,
                           &map_b, slice * T::kDepth, place.column * T::kPanelsB + rank * kPanels,
                           full + stage);
          }
          advance_stage();
        }
      }
    }
  } else {
    // 232 for 256 threads and 40 for 128: 64,512 of 65,536.
    grow_registers<232>();
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const auto release = [&](int of) {
      if constexpr (kBlocks == 1) {
        if (lane == 0) arrive(free + of);
      } else {
        if (lane < kBlocks) arrive_at(free + of, static_cast<unsigned>(lane));
      }
    };
    float sums[128];
    for (int tile = first; tile < tiles; tile += stride) {
      int before = stage;
#pragma unroll 1  // as above
      for (int slice = 0; slice < shape.slices; ++slice) {
        wait_barrier(full + stage, parity);
        wgmma_slice(sums, stages + stage * T::kStageBytes, warpgroup, slice == 0);
        wgmma_wait<1>();  // the product of the slice before is done
        if (slice > 0) release(before);
        before = stage;
        advance_stage();
      }
      wgmma_wait<0>();
      release(before);
      arrived(sums);
      wgmma_store(sums, wgmma_place<kBlocks>(shape, tile, rank), warpgroup, shape.n, c);
    }
  }
  // A block whose neighbour still sends to it, or arrives at its barriers, must not end.
  if constexpr (kBlocks > 1) cluster_sync();
#endif
}

// Enqueues c[m, n] = bf16(a[m, k] b[k, n]). Throws where the extents are not multiples of the tile's, or where
// the device is not Hopper.
class WgmmaGemm {
 public:
  WgmmaGemm() { require_hopper(); }

  // wgmma_gemm_in_turn
  template <int kStages>
  void in_turn(cudaStream_t stream, std::int64_t m, std::int64_t n, std::int64_t k,
               const __nv_bfloat16* a, const __nv_bfloat16* b, __nv_bfloat16* c) const {
    enqueue<1, WgmmaTiles::kThreads, kStages>(wgmma_gemm_in_turn<kStages>, stream, m, n, k, a, b,
                                              c);
  }
  // wgmma_gemm_by_role; kBlocks: of a cluster
  template <int kStages, int kBlocks>
  void by_role(cudaStream_t stream, std::int64_t m, std::int64_t n, std::int64_t k,
               const __nv_bfloat16* a, const __nv_bfloat16* b, __nv_bfloat16* c) const {
    enqueue<kBlocks, WgmmaTiles::kThreads + 128, kStages>(wgmma_gemm_by_role<kStages, kBlocks>,
                                                          stream, m, n, k, a, b, c);
  }

 private:
  template <int kBlocks, int kThreads, int kStages, class Kernel>
  void enqueue(Kernel* kernel, cudaStream_t stream, std::int64_t m, std::int64_t n, std::int64_t k,
               const __nv_bfloat16* a, const __nv_bfloat16* b, __nv_bfloat16* c) const {
    using T = WgmmaTiles;
    require(m % (T::kBlockM * kBlocks) == 0 && n % T::kBlockN == 0 && k % T::kDepth == 0,
            "extents must be multiples of the kernel's tile");
    const WgmmaShape shape{static_cast<int>(m / T::kBlockM), static_cast<int>(n / T::kBlockN),
                           static_cast<int>(k / T::kDepth), static_cast<int>(n)};
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                               wgmma_shared_bytes(kStages)),
          "cudaFuncSetAttribute");
    cudaLaunchConfig_t launch = {};
    const int tiles = shape.tile_rows * shape.tile_columns;
    launch.blockDim = dim3(kThreads);
    launch.dynamicSmemBytes = wgmma_shared_bytes(kStages);
    launch.stream = stream;
    cudaLaunchAttribute cluster;
    cluster.id = cudaLaunchAttributeClusterDimension;
    cluster.val.clusterDim.x = kBlocks;
    cluster.val.clusterDim.y = 1;
    cluster.val.clusterDim.z = 1;
    launch.attrs = &cluster;
    launch.numAttrs = 1;
    launch.gridDim = dim3(multiprocessors_ / kBlocks * kBlocks);
    if constexpr (kBlocks > 1) {
      // A cluster needs multiprocessors that belong together, and there may be fewer such. One that does not fit begins
      // when another has ended, and each has its share of the tiles: nobody would take them over.
      static const int clusters = [&] {
        int most = 0;
        check(cudaOccupancyMaxActiveClusters(&most, kernel, &launch),
              "cudaOccupancyMaxActiveClusters");
        return most;
      }();
      require(clusters > 0, "not run: this device has no place for a cluster of this kernel");
      launch.gridDim.x = std::min(launch.gridDim.x, static_cast<unsigned>(clusters * kBlocks));
    }
    launch.gridDim.x = std::min(launch.gridDim.x, static_cast<unsigned>(tiles));
    check(cudaLaunchKernelEx(
              &launch, kernel, maps_.panels(a, m, k, T::kBlockM, 1),
              maps_.panels(b, k, n, T::kDepth, kBlocks == 1 ? T::kPanelsB : T::kPanelsB / kBlocks),
              shape, c),
          "wgmma gemm");
  }

  TensorMaps maps_;
  int multiprocessors_ = multiprocessors();
};

}  // namespace aisp::kernels
