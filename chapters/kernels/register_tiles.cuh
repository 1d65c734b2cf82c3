// fp32 matrix product on CUDA cores, c = a b, row-major, with the result in registers: the GPU's twin of
// register_tiles.h.
//
// A block computes kBlockM x kBlockN of c. Slices of a and b, kDepth deep, come to shared memory by
// asynchronous copies, kStages - 1 slices ahead. A thread holds 8 x kThreadN sums and reads for each
// step of k 8 + kThreadN floats from shared memory for 8 kThreadN multiplications: at 8 x 8 the 128
// lanes of a multiprocessor ask for 128 bytes a cycle, which is what shared memory delivers, at 8 x 16
// for three quarters of that.
//
// Lanes form a grid of 8 x 4. Lane (i, j) holds rows i, i + 8, ..., and columns 4 j .. 4 j + 3, then
// those 16 further on, so that
// - a is read four steps of k at a time (16 bytes of a row); rows are 20 floats apart, and eight rows
//   that follow each other begin at banks 0, 20, 8, 28, 16, 4, 24, 12: no conflict;
// - b is read 16 bytes along a row, the same for eight lanes: a broadcast.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdint>

#include "async_copy.cuh"
#include "cuda_check.cuh"

namespace aisp::kernels {

template <int kM, int kN, int kColumns, int kSlices, int kResident>
struct RegisterTiles {
  static constexpr int kBlockM = kM, kBlockN = kN;  // of c, for a block
  static constexpr int kThreadM = 8;
  static constexpr int kThreadN = kColumns;  // a multiple of 4
  static constexpr int kStages = kSlices;
  static constexpr int kBlocksPerMultiprocessor = kResident;
  static constexpr int kDepth = 16;
  static constexpr int kWarpM = 8 * kThreadM, kWarpN = 4 * kThreadN;
  static constexpr int kWarpsM = kBlockM / kWarpM, kWarpsN = kBlockN / kWarpN;
  static constexpr int kThreads = 32 * kWarpsM * kWarpsN;
  static constexpr int kStrideA = kDepth + 4;  // floats
  static constexpr int kFloatsA = kBlockM * kStrideA, kFloatsB = kDepth * kBlockN;
  static constexpr int kSharedBytes = 4 * kStages * (kFloatsA + kFloatsB);
};

// For large matrices; two blocks of 256 threads share a multiprocessor.
using LargeTiles = RegisterTiles<128, 128, 8, 3, 2>;
// For matrices of which one extent is small: four times as many blocks.
using SmallTiles = RegisterTiles<64, 64, 4, 4, 4>;

// What becomes of four neighbouring results.
struct Store {
  float* c;
  __device__ __forceinline__ void operator()(int row, int column, int n, float4 v) const {
    *reinterpret_cast<float4*>(c + static_cast<std::int64_t>(row) * n + column) = v;
  }
};
struct StoreBiased {
  float* c;
  const float* bias;  // n floats
  bool relu;
  __device__ __forceinline__ void operator()(int row, int column, int n, float4 v) const {
    const float4 b = *reinterpret_cast<const float4*>(bias + column);
    v = make_float4(v.x + b.x, v.y + b.y, v.z + b.z, v.w + b.w);
    if (relu) v = make_float4(fmaxf(v.x, 0), fmaxf(v.y, 0), fmaxf(v.z, 0), fmaxf(v.w, 0));
    *reinterpret_cast<float4*>(c + static_cast<std::int64_t>(row) * n + column) = v;
  }
};
struct StoreBf16 {
  __nv_bfloat16* c;
  __device__ __forceinline__ void operator()(int row, int column, int n, float4 v) const {
    __nv_bfloat162 pairs[2] = {__floats2bfloat162_rn(v.x, v.y), __floats2bfloat162_rn(v.z, v.w)};
    *reinterpret_cast<uint2*>(c + static_cast<std::int64_t>(row) * n + column) =
        *reinterpret_cast<const uint2*>(pairs);
  }
};

// grid (m / kBlockM, n / kBlockN); m, n and k are multiples of the tile's extents, pointers of 16
// bytes.
template <class Tiles, class Epilogue>
__global__ void __launch_bounds__(Tiles::kThreads, Tiles::kBlocksPerMultiprocessor)
    register_tiles(int n, int k, const float* __restrict__ a, const float* __restrict__ b,
                   Epilogue epilogue) {
  constexpr int kDepth = Tiles::kDepth, kStages = Tiles::kStages, kThreads = Tiles::kThreads;
  constexpr int kThreadM = Tiles::kThreadM, kThreadN = Tiles::kThreadN;
  extern __shared__ float4 shared[];
  float* const shared_a = reinterpret_cast<float*>(shared);
  float* const shared_b = shared_a + kStages * Tiles::kFloatsA;

  const int thread = static_cast<int>(threadIdx.x);
  const int row0 = static_cast<int>(blockIdx.x) * Tiles::kBlockM;
  const int column0 = static_cast<int>(blockIdx.y) * Tiles::kBlockN;

  constexpr int kPiecesA = kDepth / 4, kPiecesB = Tiles::kBlockN / 4;  // of 16 bytes, of a row
  constexpr int kRowsA = kThreads / kPiecesA;                          // at a time
  constexpr int kFetchesB = kDepth * kPiecesB / kThreads;  // of each thread, for a slice
  static_assert(kThreads % kPiecesA == 0 && Tiles::kBlockM % kRowsA == 0);
  static_assert(kDepth * kPiecesB % kThreads == 0);
  const int fetch_row_a = thread / kPiecesA, fetch_column_a = thread % kPiecesA * 4;
  const float* const fetch_a =
      a + static_cast<std::int64_t>(row0 + fetch_row_a) * k + fetch_column_a;
  const int place_a = fetch_row_a * Tiles::kStrideA + fetch_column_a;
  // Pieces of b one after the other, so that a row need not be a divisor of the threads. In the tile they lie without
  // gaps.
  const float* fetch_b[kFetchesB];
#pragma unroll
  for (int i = 0; i < kFetchesB; ++i) {
    const int piece = thread + i * kThreads;
    fetch_b[i] =
        b + static_cast<std::int64_t>(piece / kPiecesB) * n + column0 + piece % kPiecesB * 4;
  }
  const auto fetch = [&](int slice) {
    float* const to_a = shared_a + slice % kStages * Tiles::kFloatsA + place_a;
    float* const to_b = shared_b + slice % kStages * Tiles::kFloatsB + 4 * thread;
    const float* const from_a = fetch_a + slice * kDepth;
    const std::int64_t rows_before = static_cast<std::int64_t>(slice * kDepth) * n;
#pragma unroll
    for (int row = 0; row < Tiles::kBlockM; row += kRowsA)
      copy_16_bytes(to_a + row * Tiles::kStrideA, from_a + static_cast<std::int64_t>(row) * k);
#pragma unroll
    for (int i = 0; i < kFetchesB; ++i)
      copy_16_bytes(to_b + 4 * i * kThreads, fetch_b[i] + rows_before);
  };

  const int lane = thread % 32, warp = thread / 32;
  const int tile_row = warp / Tiles::kWarpsN * Tiles::kWarpM + lane / 4;
  const int tile_column = warp % Tiles::kWarpsN * Tiles::kWarpN + lane % 4 * 4;

  float sums[kThreadM][kThreadN] = {};
  const int slices = k / kDepth;
#pragma unroll
  for (int s = 0; s < kStages - 1; ++s) {
    if (s < slices) fetch(s);
    commit_copies();
  }
  for (int s = 0; s < slices; ++s) {
    if constexpr (kStages == 1) {  // nothing ahead: fetch, wait, compute
      __syncthreads();
      fetch(s);
      commit_copies();
      wait_for_copies<0>();
      __syncthreads();
    } else {
      wait_for_copies<kStages - 2>();
      // Slice s is there for all, and nobody reads slice s - 1 any more, whose place is filled next.
      __syncthreads();
      if (s + kStages - 1 < slices) fetch(s + kStages - 1);
      commit_copies();
    }
    const float* const from_a =
        shared_a + s % kStages * Tiles::kFloatsA + tile_row * Tiles::kStrideA;
    const float* const from_b = shared_b + s % kStages * Tiles::kFloatsB + tile_column;
#pragma unroll
    for (int p = 0; p < kDepth; p += 4) {
      alignas(16) float x[kThreadM][4];
#pragma unroll
      for (int i = 0; i < kThreadM; ++i)
        *reinterpret_cast<float4*>(x[i]) =
            *reinterpret_cast<const float4*>(from_a + 8 * i * Tiles::kStrideA + p);
#pragma unroll
      for (int q = 0; q < 4; ++q) {
        alignas(16) float y[kThreadN];
#pragma unroll
        for (int j = 0; j < kThreadN; j += 4)
          *reinterpret_cast<float4*>(y + j) =
              *reinterpret_cast<const float4*>(from_b + (p + q) * Tiles::kBlockN + 4 * j);
#pragma unroll
        for (int i = 0; i < kThreadM; ++i)
#pragma unroll
          for (int j = 0; j < kThreadN; ++j) sums[i][j] += x[i][q] * y[j];
      }
    }
  }
#pragma unroll
  for (int i = 0; i < kThreadM; ++i)
#pragma unroll
    for (int j = 0; j < kThreadN; j += 4)
      epilogue(row0 + tile_row + 8 * i, column0 + tile_column + 4 * j, n,
               make_float4(sums[i][j], sums[i][j + 1], sums[i][j + 2], sums[i][j + 3]));
}

// Enqueues epilogue(a[m, k] b[k, n]). Throws where the extents are not multiples of the tile's.
template <class Tiles, class Epilogue>
void register_tiles_gemm(cudaStream_t stream, std::int64_t m, std::int64_t n, std::int64_t k,
                         const float* a, const float* b, const Epilogue& epilogue) {
  require(m % Tiles::kBlockM == 0 && n % Tiles::kBlockN == 0 && k % Tiles::kDepth == 0,
          "extents must be multiples of the kernel's tile");
  const auto kernel = register_tiles<Tiles, Epilogue>;
  // 48 KiB is what a kernel may have without asking.
  if (Tiles::kSharedBytes > 48 * 1024)
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                               Tiles::kSharedBytes),
          "cudaFuncSetAttribute");
  const dim3 grid(static_cast<unsigned>(m / Tiles::kBlockM),
                  static_cast<unsigned>(n / Tiles::kBlockN));
  kernel<<<grid, Tiles::kThreads, Tiles::kSharedBytes, stream>>>(
      static_cast<int>(n), static_cast<int>(k), a, b, epilogue);
  check_launch("register_tiles");
}

}  // namespace aisp::kernels
