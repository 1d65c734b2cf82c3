// wgmma, and warpgroups with roles. One fetches tiles of 128 keys and values by the copy engine; two multiply, 64
// queries each. Each of these asks for the next tile's products with K before it multiplies the weights
// of this one by V, and computes exponentials while the tensor cores do the latter; and while it can do
// nothing else, the other warpgroup's products are there to be done.
//
// Weights go from where products are left to where the left factor of wgmma is read: the same registers, in
// bf16. V has its columns side by side, and is transposed by wgmma on its way.
//
// Source: J. Shah et al., "FlashAttention-3" (2024), for the order in which products are asked for.
#pragma once

#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>
#include <kernels/tensor_map.cuh>
#include <kernels/wgmma.cuh>

#include <cstdint>

#include "online_softmax.cuh"

namespace aisp::ch10 {

using namespace aisp::kernels;

inline constexpr int kQueries = 128, kKeys = 128, kColumns = 128;
inline constexpr int kPanels = kColumns / kPanelColumns;
inline constexpr int kStages = 2;  // of K, and of V
inline constexpr int kWarpgroups = 2, kThreads = 128 * (kWarpgroups + 1);
inline constexpr int kPanelBytes = kKeys * kPanelRowBytes;  // 16 KiB; of Q as well
inline constexpr int kTileBytes = kPanels * kPanelBytes;    // 32 KiB
inline constexpr int kBarriers = 1 + 4 * kStages;
inline constexpr int kSharedBytes = kAlignmentBytes + (1 + 2 * kStages) * kTileBytes +
                                    kBarriers * static_cast<int>(sizeof(std::uint64_t));
static_assert(kQueries == kKeys, "Q, K and V share the shape of their boxes");

#if AISP_SM_90A
// s[64, 128] = q k^T: eight steps of 16 columns, four in each panel. Rows of both factors have k side by side.
__device__ __forceinline__ void multiply_keys(float (&s)[64], const unsigned char* q,
                                              const unsigned char* k) {
  const std::uint64_t a = k_major_tile(q), b = k_major_tile(k);
#pragma unroll
  for (int step = 0; step < kColumns / 16; ++step) {
    const int at = step / 4 * kPanelBytes + step % 4 * kStepBytesK;
    wgmma<Major::k>(s, advance(a, at), advance(b, at), step > 0);
  }
}
// o[64, 128] += p v: eight steps of 16 keys, which are rows of v.
__device__ __forceinline__ void multiply_values(float (&o)[64], const unsigned (&p)[8][4],
                                                const unsigned char* v, bool first) {
  const std::uint64_t b = mn_major_tile<kPanelBytes>(v);
#pragma unroll
  for (int step = 0; step < kKeys / 16; ++step)
    wgmma<Major::mn>(o, p[step], advance(b, step * kStepBytesMn), step > 0 || !first);
}
#endif

// A barrier of the block for 256 threads: 128 wait at it, and 128 only say that they have been there.
__device__ __forceinline__ void wait_for_turn(int barrier) {
  asm volatile("bar.sync %0, 256;" ::"r"(barrier) : "memory");
}
__device__ __forceinline__ void give_turn(int barrier) {
  asm volatile("bar.arrive %0, 256;" ::"r"(barrier) : "memory");
}

// grid (keys / 128, heads). kTurns: the two warpgroups take turns in asking for products, so that one computes
// exponentials while the other's are worked on.
template <bool kTurns>
__global__ void __launch_bounds__(kThreads, 1)
    attend(const __grid_constant__ CUtensorMap map_q, const __grid_constant__ CUtensorMap map_k,
           const __grid_constant__ CUtensorMap map_v, int keys, __nv_bfloat16* __restrict__ o) {
#if AISP_SM_90A
  unsigned char* const shared_q = aligned_shared_memory();
  unsigned char* const shared_k = shared_q + kTileBytes;
  unsigned char* const shared_v = shared_k + kStages * kTileBytes;
  std::uint64_t* const full_q = reinterpret_cast<std::uint64_t*>(shared_v + kStages * kTileBytes);
  std::uint64_t* const full_k = full_q + 1;
  std::uint64_t* const free_k = full_k + kStages;
  std::uint64_t* const full_v = free_k + kStages;
  std::uint64_t* const free_v = full_v + kStages;
  if (threadIdx.x == 0) {
    make_barrier(full_q, 1);
    for (int s = 0; s < kStages; ++s) {
      make_barrier(full_k + s, 1);
      make_barrier(full_v + s, 1);
      make_barrier(free_k + s, kWarpgroups * 4);  // a lane of each warp that multiplies
      make_barrier(free_v + s, kWarpgroups * 4);
    }
    fence_barriers();
  }
  __syncthreads();

  const int tiles = keys / kKeys;
  const int first_row = static_cast<int>(blockIdx.y) * keys;  // of this head
  const int row0 = first_row + static_cast<int>(blockIdx.x) * kQueries;
  const int warpgroup = __shfl_sync(~0u, static_cast<int>(threadIdx.x) / 128, 0);
  if (warpgroup == kWarpgroups) {
    shrink_registers<40>();
    if (threadIdx.x == 128 * kWarpgroups) {
      const auto fetch = [&](unsigned char* to, const CUtensorMap* map, int row,
                             std::uint64_t* barrier) {
        arrive_and_expect(barrier, kTileBytes);
        fetch_tile(to, map, row, 0, barrier);
      };
      fetch(shared_q, &map_q, row0, full_q);
      for (int tile = 0; tile < tiles; ++tile) {
        const int stage = tile % kStages;
        const unsigned parity = tile / kStages & 1;
        const int row = first_row + tile * kKeys;
        wait_barrier(free_k + stage, parity ^ 1);  // at once in the first round
        fetch(shared_k + stage * kTileBytes, &map_k, row, full_k + stage);
        wait_barrier(free_v + stage, parity ^ 1);
        fetch(shared_v + stage * kTileBytes, &map_v, row, full_v + stage);
      }
    }
  } else {
    grow_registers<232>();
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int warp = static_cast<int>(threadIdx.x) / 32 % 4;
    const unsigned char* const q = shared_q + warpgroup * 64 * kPanelRowBytes;
    const auto release = [&](std::uint64_t* barrier) {
      if (lane == 0) arrive(barrier);
    };
    OnlineSoftmax softmax;
    float products[64], sums[64], shrink[2];
    unsigned weights[8][4];

    wait_barrier(full_q, 0);
    wait_barrier(full_k, 0);
    wgmma_fence();
    multiply_keys(products, q, shared_k);
    wgmma_commit();
    wgmma_wait<0>();
    arrived(products);
    release(free_k);
    softmax.weigh(products, shrink);
    as_factor(products, weights);

    // Barrier 1 + w: the turn of warpgroup w. The first is warpgroup 0's, and each turn is taken.
    if (kTurns && warpgroup == 1 && tiles > 1) give_turn(1);
    for (int tile = 1; tile < tiles; ++tile) {
      const int stage = tile % kStages, before = (tile - 1) % kStages;
      wait_barrier(full_k + stage, tile / kStages & 1);
      if (kTurns) wait_for_turn(1 + warpgroup);
      wgmma_fence();
      multiply_keys(products, q, shared_k + stage * kTileBytes);
      wgmma_commit();
      wait_barrier(full_v + before, (tile - 1) / kStages & 1);
      wgmma_fence();  // weights and sums were written by others since, wherever the compiler put that
      multiply_values(sums, weights, shared_v + before * kTileBytes, tile == 1);
      wgmma_commit();
      if (kTurns && (warpgroup == 0 || tile + 1 < tiles)) give_turn(2 - warpgroup);
      wgmma_wait<1>();  // the products with keys
      arrived(products);
      release(free_k + stage);
      softmax.weigh(products, shrink);
      wgmma_wait<0>();  // those with values
      arrived(sums);
      arrived(weights);
      release(free_v + before);
      scale_rows(sums, shrink);
      as_factor(products, weights);
    }
    const int last = tiles - 1;
    wait_barrier(full_v + last % kStages, last / kStages & 1);
    wgmma_fence();
    multiply_values(sums, weights, shared_v + last % kStages * kTileBytes, tiles == 1);
    wgmma_commit();
    wgmma_wait<0>();
    arrived(sums);
    const std::int64_t row = row0 + warpgroup * 64 + warp * 16 + lane / 4;
    store_rows(sums, softmax, o + row * kColumns);
  }
#endif
}

template <bool kTurns>
class Attention {
 public:
  explicit Attention(const aisp::Launch&) {
    require_hopper();
    check(cudaFuncSetAttribute(attend<kTurns>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                               kSharedBytes),
          "cudaFuncSetAttribute");
  }

  void run(const aisp::Launch& launch) {
    const std::int64_t heads = launch.input_tensor(0).shape[0];
    const std::int64_t keys = launch.input_tensor(0).shape[1];
    require(keys % kKeys == 0 && launch.input_tensor(0).shape[2] == kColumns,
            "this kernel needs keys that 128 divides and heads of 128 columns");
    const auto map = [&](std::size_t input) {
      return maps_.panels(launch.input<__nv_bfloat16>(input), heads * keys, kColumns, kKeys,
                          kPanels);
    };
    attend<kTurns><<<dim3(static_cast<unsigned>(keys / kQueries), static_cast<unsigned>(heads)),
                     kThreads, kSharedBytes, launch.stream<cudaStream_t>()>>>(
        map(0), map(1), map(2), static_cast<int>(keys), launch.output<__nv_bfloat16>(0));
    check_launch("attend");
  }

 private:
  TensorMaps maps_;
};

}  // namespace aisp::ch10
