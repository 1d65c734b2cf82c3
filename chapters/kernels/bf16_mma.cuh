// bf16 matrix product on tensor cores with fp32 sums, row-major, result rounded to bf16 once.
//
// A block of 4 warps computes 128 x 128 of c, a warp 64 x 64 as 4 x 8 products of 16 x 8 x 16
// (mma.sync). What decides is how often shared memory is read: a warp of 64 x 32 reads 3 KB for 16
// products, one of 64 x 64 reads 4 KB for 32. Slices of 64 in k come by asynchronous copies, two ahead. A row of a slice of a is 128
// bytes, of b 256; 16-byte pieces of row r are kept at piece ^ (r % 8), so that the eight rows that
// ldmatrix reads at a time lie in different banks.
#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdint>

#include "async_copy.cuh"
#include "cuda_check.cuh"

namespace aisp::kernels {

struct Bf16Mma {
  static constexpr int kBlockM = 128, kBlockN = 128, kDepth = 64, kStages = 3;
  static constexpr int kWarpM = 64, kWarpN = 64;
  static constexpr int kColumnsOfProducts = kWarpN / 8;
  static constexpr int kWarpsN = kBlockN / kWarpN;
  static constexpr int kThreads = 32 * (kBlockM / kWarpM) * kWarpsN;
  static constexpr int kElementsA = kBlockM * kDepth, kElementsB = kDepth * kBlockN;
  static constexpr int kSharedBytes = 2 * kStages * (kElementsA + kElementsB);
};

// Four 8 x 8 matrices; lane l gives the address of row l % 8 of matrix l / 8.
__device__ __forceinline__ void load_matrices(unsigned (&to)[4], const void* shared) {
  const auto address = static_cast<unsigned>(__cvta_generic_to_shared(shared));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(address)
               : "memory");
}
__device__ __forceinline__ void load_matrices_transposed(unsigned (&to)[4], const void* shared) {
  const auto address = static_cast<unsigned>(__cvta_generic_to_shared(shared));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(address)
               : "memory");
}

// c[16, 8] += a[16, 16] b[16, 8]
__device__ __forceinline__ void multiply_add(float (&c)[4], const unsigned (&a)[4], unsigned b0,
                                             unsigned b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// grid (m / 128, n / 128); k is a multiple of 64.
__global__ void __launch_bounds__(Bf16Mma::kThreads, 2)
    bf16_mma(int n, int k, const __nv_bfloat16* __restrict__ a, const __nv_bfloat16* __restrict__ b,
             __nv_bfloat16* __restrict__ c) {
  using T = Bf16Mma;
  extern __shared__ float4 shared[];
  __nv_bfloat16* const shared_a = reinterpret_cast<__nv_bfloat16*>(shared);
  __nv_bfloat16* const shared_b = shared_a + T::kStages * T::kElementsA;
  const int thread = static_cast<int>(threadIdx.x), lane = thread % 32, warp = thread / 32;
  const int row0 = static_cast<int>(blockIdx.x) * T::kBlockM;
  const int column0 = static_cast<int>(blockIdx.y) * T::kBlockN;

  // Piece p (eight elements) of row r of a slice is kept at piece p ^ (r % 8) of that row.
  constexpr int kPiecesA = T::kDepth / 8, kPiecesB = T::kBlockN / 8;               // of a row
  constexpr int kRowsA = T::kThreads / kPiecesA, kRowsB = T::kThreads / kPiecesB;  // at a time
  static_assert(kRowsA % 8 == 0 && kRowsB % 8 == 0);
  const int fetch_row_a = thread / kPiecesA, fetch_row_b = thread / kPiecesB;
  const __nv_bfloat16* const fetch_a =
      a + static_cast<std::int64_t>(row0 + fetch_row_a) * k + thread % kPiecesA * 8;
  const __nv_bfloat16* const fetch_b =
      b + static_cast<std::int64_t>(fetch_row_b) * n + column0 + thread % kPiecesB * 8;
  const int place_a = (fetch_row_a * kPiecesA + (thread % kPiecesA ^ fetch_row_a % 8)) * 8;
  const int place_b = (fetch_row_b * kPiecesB + (thread % kPiecesB ^ fetch_row_b % 8)) * 8;
  const auto fetch = [&](int slice) {
    __nv_bfloat16* const to_a = shared_a + slice % T::kStages * T::kElementsA + place_a;
    __nv_bfloat16* const to_b = shared_b + slice % T::kStages * T::kElementsB + place_b;
    const __nv_bfloat16* const from_a = fetch_a + slice * T::kDepth;
    const __nv_bfloat16* const from_b = fetch_b + static_cast<std::int64_t>(slice * T::kDepth) * n;
#pragma unroll
    for (int row = 0; row < T::kBlockM; row += kRowsA)
      copy_16_bytes(to_a + row * T::kDepth, from_a + static_cast<std::int64_t>(row) * k);
#pragma unroll
    for (int row = 0; row < T::kDepth; row += kRowsB)
      copy_16_bytes(to_b + row * T::kBlockN, from_b + static_cast<std::int64_t>(row) * n);
  };

  const int warp_row = warp / T::kWarpsN * T::kWarpM, warp_column = warp % T::kWarpsN * T::kWarpN;
  // Lane l of ldmatrix reads row l % 16, and eight elements further on from lane 16; all rows that it
  // reads are l modulo 8.
  const int read_a = (warp_row + lane % 16) * T::kDepth;
  const int read_b = lane % 16 * T::kBlockN;
  int piece_b[T::kColumnsOfProducts / 2];
#pragma unroll
  for (int j = 0; j < T::kColumnsOfProducts / 2; ++j)
    piece_b[j] = ((warp_column / 8 + 2 * j + lane / 16) ^ lane % 8) * 8;
  float sums[4][T::kColumnsOfProducts][4] = {};
  const int slices = k / T::kDepth;
#pragma unroll
  for (int s = 0; s < T::kStages - 1; ++s) {
    if (s < slices) fetch(s);
    commit_copies();
  }
  for (int s = 0; s < slices; ++s) {
    wait_for_copies<T::kStages - 2>();
    __syncthreads();
    if (s + T::kStages - 1 < slices) fetch(s + T::kStages - 1);
    commit_copies();
    const __nv_bfloat16* const from_a = shared_a + s % T::kStages * T::kElementsA + read_a;
    const __nv_bfloat16* const from_b = shared_b + s % T::kStages * T::kElementsB + read_b;
#pragma unroll
    for (int p = 0; p < T::kDepth; p += 16) {
      // Fragments of a: matrices (rows 0-7, k 0-7), (rows 8-15, k 0-7), then both with k 8-15.
      unsigned x[4][4];
      const int piece_a = ((p / 8 + lane / 16) ^ lane % 8) * 8;
#pragma unroll
      for (int i = 0; i < 4; ++i) load_matrices(x[i], from_a + 16 * i * T::kDepth + piece_a);
      // Of b, transposed on the way: (k 0-7, columns 0-7), (k 8-15, columns 0-7), then both with
      // columns 8-15.
      unsigned y[T::kColumnsOfProducts / 2][4];
#pragma unroll
      for (int j = 0; j < T::kColumnsOfProducts / 2; ++j)
        load_matrices_transposed(y[j], from_b + p * T::kBlockN + piece_b[j]);
#pragma unroll
      for (int i = 0; i < 4; ++i)
#pragma unroll
        for (int j = 0; j < T::kColumnsOfProducts; ++j)
          multiply_add(sums[i][j], x[i], y[j / 2][j % 2 * 2], y[j / 2][j % 2 * 2 + 1]);
    }
  }
  // Lane l holds columns 2 (l % 4), + 1 of rows l / 4 and l / 4 + 8 of each 16 x 8.
#pragma unroll
  for (int i = 0; i < 4; ++i)
#pragma unroll
    for (int j = 0; j < T::kColumnsOfProducts; ++j)
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        const std::int64_t row = row0 + warp_row + 16 * i + 8 * half + lane / 4;
        const int column = column0 + warp_column + 8 * j + lane % 4 * 2;
        *reinterpret_cast<__nv_bfloat162*>(c + row * n + column) =
            __floats2bfloat162_rn(sums[i][j][2 * half], sums[i][j][2 * half + 1]);
      }
}

// Enqueues c[m, n] = bf16(a[m, k] b[k, n]). Throws where the extents are not multiples of the tile's.
inline void bf16_mma_gemm(cudaStream_t stream, std::int64_t m, std::int64_t n, std::int64_t k,
                          const __nv_bfloat16* a, const __nv_bfloat16* b, __nv_bfloat16* c) {
  require(m % Bf16Mma::kBlockM == 0 && n % Bf16Mma::kBlockN == 0 && k % Bf16Mma::kDepth == 0,
          "extents must be multiples of the kernel's tile");
  check(cudaFuncSetAttribute(bf16_mma, cudaFuncAttributeMaxDynamicSharedMemorySize,
                             Bf16Mma::kSharedBytes),
        "cudaFuncSetAttribute");
  const dim3 grid(static_cast<unsigned>(m / Bf16Mma::kBlockM),
                  static_cast<unsigned>(n / Bf16Mma::kBlockN));
  bf16_mma<<<grid, Bf16Mma::kThreads, Bf16Mma::kSharedBytes, stream>>>(
      static_cast<int>(n), static_cast<int>(k), a, b, c);
  check_launch("bf16_mma");
}

// out[i] = bf16(in[i]), four at a time.
__global__ void __launch_bounds__(256)
    round_to_bf16(std::int64_t n4, const float4* __restrict__ in, uint2* __restrict__ out) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * 256 + threadIdx.x;
  if (i >= n4) return;
  const float4 v = __ldcs(in + i);
  const __nv_bfloat162 pairs[2] = {__floats2bfloat162_rn(v.x, v.y),
                                   __floats2bfloat162_rn(v.z, v.w)};
  out[i] = *reinterpret_cast<const uint2*>(pairs);
}
inline void enqueue_rounding(cudaStream_t stream, std::int64_t n, const float* in,
                             __nv_bfloat16* out) {
  require(n % 4 == 0, "the number of elements must be a multiple of 4");
  round_to_bf16<<<static_cast<unsigned>((n / 4 + 255) / 256), 256, 0, stream>>>(
      n / 4, reinterpret_cast<const float4*>(in), reinterpret_cast<uint2*>(out));
  check_launch("round_to_bf16");
}

}  // namespace aisp::kernels
