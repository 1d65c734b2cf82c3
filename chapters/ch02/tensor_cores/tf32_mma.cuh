// Matrix product of fp32 matrices on tensor cores: factors rounded to tf32, fp32 sums, row-major.
//
// A block of 4 warps computes 128 x 128 of c, a warp 64 x 64 as 4 x 8 products of 16 x 8 x 8 (mma.sync).
// Slices of 32 in k come by asynchronous copies, kStages - 1 ahead, and lie in shared memory as they are;
// rounding happens in registers: without it the hardware ignores the low 13 bits, which is a rounding to zero
// and biased.
//
// 16-byte pieces of a row of a (8 pieces) are kept at piece ^ (row % 8), so that ldmatrix reads eight rows
// from different banks. A lane reads b one float at a time, lanes of one row of the fragment from four rows
// of the slice: piece ^ (2 (row % 4)) puts those eight banks apart.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include <kernels/async_copy.cuh>
#include <kernels/bf16_mma.cuh>
#include <kernels/cuda_check.cuh>

namespace aisp::ch02 {

struct Tf32Mma {
  static constexpr int kBlock = 128, kDepth = 32, kWarp = 64, kThreads = 128;
  static constexpr int kElements = kBlock * kDepth;  // of a slice of a, and of b
};

__device__ __forceinline__ unsigned to_tf32(unsigned bits) {
  unsigned rounded;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "f"(__uint_as_float(bits)));
  return rounded;
}

// c[16, 8] += a[16, 8] b[8, 8]
__device__ __forceinline__ void multiply_add_tf32(float (&c)[4], const unsigned (&a)[4],
                                                  unsigned b0, unsigned b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// grid (m / 128, n / 128); k is a multiple of 32.
template <int kStages>
__global__ void __launch_bounds__(Tf32Mma::kThreads, 2)
    tf32_mma(int n, int k, const float* __restrict__ a, const float* __restrict__ b,
             float* __restrict__ c) {
  using T = Tf32Mma;
  extern __shared__ float4 shared[];
  float* const shared_a = reinterpret_cast<float*>(shared);
  float* const shared_b = shared_a + kStages * T::kElements;
  const int thread = static_cast<int>(threadIdx.x), lane = thread % 32, warp = thread / 32;
  const int row0 = static_cast<int>(blockIdx.x) * T::kBlock;
  const int column0 = static_cast<int>(blockIdx.y) * T::kBlock;

  // A slice of a: 128 rows of 8 pieces, 16 rows at a time. Of b: 32 rows of 32 pieces, 4 rows at a time.
  const int row_a = thread / 8, piece_a = thread % 8;
  const int row_b = thread / 32, piece_b = thread % 32;
  const float* const fetch_a = a + static_cast<std::int64_t>(row0 + row_a) * k + 4 * piece_a;
  const float* const fetch_b = b + static_cast<std::int64_t>(row_b) * n + column0 + 4 * piece_b;
  float* const place_a = shared_a + row_a * T::kDepth + 4 * (piece_a ^ row_a % 8);
  float* const place_b = shared_b + row_b * T::kBlock + 4 * (piece_b ^ 2 * row_b);
  const auto fetch = [&](int slice) {
    const int stage = slice % kStages * T::kElements;
#pragma unroll
    for (int r = 0; r < T::kBlock; r += 16)
      kernels::copy_16_bytes(place_a + stage + r * T::kDepth,
                             fetch_a + static_cast<std::int64_t>(r) * k + slice * T::kDepth);
#pragma unroll
    for (int r = 0; r < T::kDepth; r += 4)
      kernels::copy_16_bytes(place_b + stage + r * T::kBlock,
                             fetch_b + static_cast<std::int64_t>(slice * T::kDepth + r) * n);
  };

  const int warp_row = warp / 2 * T::kWarp, warp_column = warp % 2 * T::kWarp;
  const int read_a = (warp_row + lane % 16) * T::kDepth;
  float sums[4][8][4] = {};
  const int slices = k / T::kDepth;
#pragma unroll
  for (int s = 0; s < kStages - 1; ++s) {
    if (s < slices) fetch(s);
    kernels::commit_copies();
  }
  for (int s = 0; s < slices; ++s) {
    kernels::wait_for_copies<kStages - 2>();
    __syncthreads();
    if (s + kStages - 1 < slices) fetch(s + kStages - 1);
    kernels::commit_copies();
    const float* const from_a = shared_a + s % kStages * T::kElements + read_a;
    const float* const from_b = shared_b + s % kStages * T::kElements;
#pragma unroll
    for (int p = 0; p < T::kDepth; p += 8) {
      // Four floats are the 16 bytes of a row of an 8 x 8 matrix of ldmatrix, and a lane gets the float that
      // mma wants of it: (rows 0-7, k 0-3), (rows 8-15, k 0-3), then both with k 4-7.
      unsigned x[4][4];
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        kernels::load_matrices(x[i],
                               from_a + 16 * i * T::kDepth + 4 * ((p / 4 + lane / 16) ^ lane % 8));
#pragma unroll
        for (unsigned& bits : x[i]) bits = to_tf32(bits);
      }
      // Lane l: rows l % 4 and l % 4 + 4 of the slice, column l / 4 of each product.
      const int t = lane % 4;
#pragma unroll
      for (int j = 0; j < 8; ++j) {
        const int column = (warp_column + 8 * j + lane / 4) ^ 8 * t;
        const unsigned y0 = to_tf32(__float_as_uint(from_b[(p + t) * T::kBlock + column]));
        const unsigned y1 = to_tf32(__float_as_uint(from_b[(p + t + 4) * T::kBlock + column]));
#pragma unroll
        for (int i = 0; i < 4; ++i) multiply_add_tf32(sums[i][j], x[i], y0, y1);
      }
    }
  }
  // Lane l holds columns 2 (l % 4), + 1 of rows l / 4 and l / 4 + 8 of each 16 x 8.
#pragma unroll
  for (int i = 0; i < 4; ++i)
#pragma unroll
    for (int j = 0; j < 8; ++j)
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        const std::int64_t row = row0 + warp_row + 16 * i + 8 * half + lane / 4;
        const int column = column0 + warp_column + 8 * j + lane % 4 * 2;
        *reinterpret_cast<float2*>(c + row * n + column) =
            make_float2(sums[i][j][2 * half], sums[i][j][2 * half + 1]);
      }
}

// Enqueues c[m, n] = a[m, k] b[k, n]. Throws where the extents are not multiples of the kernel's tile.
template <int kStages>
void tf32_mma_gemm(cudaStream_t stream, std::int64_t m, std::int64_t n, std::int64_t k,
                   const float* a, const float* b, float* c) {
  using T = Tf32Mma;
  kernels::require(m % T::kBlock == 0 && n % T::kBlock == 0 && k % T::kDepth == 0,
                   "extents must be multiples of the kernel's tile");
  constexpr int kBytes = 2 * kStages * T::kElements * static_cast<int>(sizeof(float));
  const auto kernel = tf32_mma<kStages>;
  kernels::check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, kBytes),
                 "cudaFuncSetAttribute");
  const dim3 grid(static_cast<unsigned>(m / T::kBlock), static_cast<unsigned>(n / T::kBlock));
  kernel<<<grid, T::kThreads, kBytes, stream>>>(static_cast<int>(n), static_cast<int>(k), a, b, c);
  kernels::check_launch("tf32_mma");
}

}  // namespace aisp::ch02
