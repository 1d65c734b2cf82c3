// mma.sync: a block of four warps attends for 64 queries, 16 a warp, which stay in registers, as do their sums.
// Tiles of 64 keys and values come by cp.async into one of two buffers while the other is worked on.
// Within a warp one thing is done after the other: products with keys, exponentials, products with values.
//
// A row is 256 bytes; its 16-byte piece p is kept at p ^ (row % 8), so that the eight rows that ldmatrix reads at a
// time lie in different banks.
//
// Source: T. Dao, "FlashAttention-2" (2023).
#include <aisp/implementation.h>
#include <kernels/async_copy.cuh>
#include <kernels/bf16_mma.cuh>

#include <cstdint>

#include "online_softmax.cuh"

namespace {

using namespace aisp::kernels;
using namespace aisp::ch10;

constexpr int kQueries = 64, kKeys = 64, kColumns = 128, kThreads = 128;
constexpr int kTile = kKeys * kColumns;  // elements; of Q as well
constexpr int kPieces = kColumns / 8;    // of a row
constexpr int kSharedBytes = 2 * 5 * kTile;

__device__ __forceinline__ float (&block_of(float* registers, int j))[4] {
  return reinterpret_cast<float(&)[4]>(registers[4 * j]);
}

// 64 rows from global memory, which lie one behind the other.
__device__ __forceinline__ void fetch_rows(__nv_bfloat16* to, const __nv_bfloat16* from) {
  const int thread = static_cast<int>(threadIdx.x), row = thread / kPieces,
            piece = thread % kPieces;
  static_assert(kThreads / kPieces == 8);
#pragma unroll
  for (int r = 0; r < kKeys; r += 8)
    copy_16_bytes(to + (r + row) * kColumns + (piece ^ row) * 8,
                  from + (r + row) * kColumns + piece * 8);
}

// grid (keys / 64, heads)
__global__ void __launch_bounds__(kThreads, 2)
    attend(int keys, const __nv_bfloat16* __restrict__ q, const __nv_bfloat16* __restrict__ k,
           const __nv_bfloat16* __restrict__ v, __nv_bfloat16* __restrict__ o) {
  extern __shared__ float4 shared[];
  __nv_bfloat16* const shared_q = reinterpret_cast<__nv_bfloat16*>(shared);
  __nv_bfloat16* const shared_k = shared_q + kTile;
  __nv_bfloat16* const shared_v = shared_k + 2 * kTile;
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  const std::int64_t head = static_cast<std::int64_t>(blockIdx.y) * keys * kColumns;
  const std::int64_t queries = head + static_cast<std::int64_t>(blockIdx.x) * kTile;
  const auto fetch = [&](int tile) {
    fetch_rows(shared_k + tile % 2 * kTile, k + head + static_cast<std::int64_t>(tile) * kTile);
    fetch_rows(shared_v + tile % 2 * kTile, v + head + static_cast<std::int64_t>(tile) * kTile);
    commit_copies();
  };
  fetch_rows(shared_q, q + queries);
  fetch(0);

  OnlineSoftmax softmax;
  float sums[kColumns / 2] = {};
  unsigned factor[kColumns / 16][4];  // queries: 16 rows, eight steps of 16 columns
  const int tiles = keys / kKeys;
  for (int tile = 0; tile < tiles; ++tile) {
    if (tile + 1 < tiles) {
      fetch(tile + 1);
      wait_for_copies<1>();
    } else {
      wait_for_copies<0>();
    }
    __syncthreads();
    if (tile == 0) {
#pragma unroll
      for (int step = 0; step < kColumns / 16; ++step)
        load_matrices(factor[step], shared_q + (warp * 16 + lane % 16) * kColumns +
                                        ((2 * step + lane / 16) ^ lane % 8) * 8);
    }
    // Rows of K are columns of the right factor as they lie. Matrices: (keys 0-7, columns 0-7), (keys
    // 0-7, columns 8-15), then both with keys 8-15.
    const __nv_bfloat16* const from_k =
        shared_k + tile % 2 * kTile + (lane / 16 * 8 + lane % 8) * kColumns;
    float products[kKeys / 2] = {};
#pragma unroll
    for (int step = 0; step < kColumns / 16; ++step)
#pragma unroll
      for (int j = 0; j < kKeys / 16; ++j) {
        unsigned y[4];
        load_matrices(y, from_k + 16 * j * kColumns + ((2 * step + lane / 8 % 2) ^ lane % 8) * 8);
        multiply_add(block_of(products, 2 * j), factor[step], y[0], y[1]);
        multiply_add(block_of(products, 2 * j + 1), factor[step], y[2], y[3]);
      }
    float shrink[2];
    softmax.weigh(products, shrink);
    scale_rows(sums, shrink);
    unsigned weights[kKeys / 16][4];
    as_factor(products, weights);
    // V is transposed on the way: (keys 0-7, columns 0-7), (keys 8-15, columns 0-7), then both with
    // columns 8-15.
    const __nv_bfloat16* const from_v = shared_v + tile % 2 * kTile + lane % 16 * kColumns;
#pragma unroll
    for (int step = 0; step < kKeys / 16; ++step)
#pragma unroll
      for (int j = 0; j < kColumns / 16; ++j) {
        unsigned y[4];
        load_matrices_transposed(
            y, from_v + 16 * step * kColumns + ((2 * j + lane / 16) ^ lane % 8) * 8);
        multiply_add(block_of(sums, 2 * j), weights[step], y[0], y[1]);
        multiply_add(block_of(sums, 2 * j + 1), weights[step], y[2], y[3]);
      }
    __syncthreads();  // nobody reads this buffer any more
  }
  store_rows(sums, softmax, o + queries + (warp * 16 + lane / 4) * kColumns);
}

class Attention {
 public:
  explicit Attention(const aisp::Launch&) {
    check(cudaFuncSetAttribute(attend, cudaFuncAttributeMaxDynamicSharedMemorySize, kSharedBytes),
          "cudaFuncSetAttribute");
  }

  void run(const aisp::Launch& launch) {
    const std::int64_t heads = launch.input_tensor(0).shape[0];
    const std::int64_t keys = launch.input_tensor(0).shape[1];
    require(keys % kKeys == 0 && launch.input_tensor(0).shape[2] == kColumns,
            "this kernel needs keys that 64 divides and heads of 128 columns");
    attend<<<dim3(static_cast<unsigned>(keys / kQueries), static_cast<unsigned>(heads)), kThreads,
             kSharedBytes, launch.stream<cudaStream_t>()>>>(
        static_cast<int>(keys), launch.input<__nv_bfloat16>(0), launch.input<__nv_bfloat16>(1),
        launch.input<__nv_bfloat16>(2), launch.output<__nv_bfloat16>(0));
    check_launch("attend");
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Attention, "mma.sync and cp.async, 64 queries a block");
