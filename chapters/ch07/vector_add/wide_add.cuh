// c = a + b, kPieces pieces of sizeof(Piece) bytes for each thread: all loads first, then the additions
// (packed, two elements an instruction), then the stores.
#pragma once

#include <aisp/implementation.h>
#include <cuda_bf16.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace aisp::ch07 {

inline constexpr int kThreads = 256;

__device__ __forceinline__ std::uint32_t add_pair(std::uint32_t a, std::uint32_t b) {
  const __nv_bfloat162 sum = __hadd2(*reinterpret_cast<const __nv_bfloat162*>(&a),
                                     *reinterpret_cast<const __nv_bfloat162*>(&b));
  return *reinterpret_cast<const std::uint32_t*>(&sum);
}
__device__ __forceinline__ std::uint32_t add_piece(std::uint32_t a, std::uint32_t b) {
  return add_pair(a, b);
}
__device__ __forceinline__ uint2 add_piece(uint2 a, uint2 b) {
  return make_uint2(add_pair(a.x, b.x), add_pair(a.y, b.y));
}
__device__ __forceinline__ uint4 add_piece(uint4 a, uint4 b) {
  return make_uint4(add_pair(a.x, b.x), add_pair(a.y, b.y), add_pair(a.z, b.z), add_pair(a.w, b.w));
}

// `count` pieces; `tail` elements behind them.
template <class Piece, int kPieces>
__global__ void __launch_bounds__(kThreads)
    add_pieces(std::int64_t count, int tail, const Piece* __restrict__ a,
               const Piece* __restrict__ b, Piece* __restrict__ c) {
  const std::int64_t first =
      static_cast<std::int64_t>(blockIdx.x) * kThreads * kPieces + threadIdx.x;
  Piece x[kPieces], y[kPieces];
#pragma unroll
  for (int p = 0; p < kPieces; ++p) {
    const std::int64_t i = first + p * kThreads;
    if (i >= count) continue;
    x[p] = a[i];
    y[p] = b[i];
  }
#pragma unroll
  for (int p = 0; p < kPieces; ++p) {
    const std::int64_t i = first + p * kThreads;
    if (i < count) __stcs(c + i, add_piece(x[p], y[p]));
  }
  if (blockIdx.x == 0 && static_cast<int>(threadIdx.x) < tail) {
    const auto at = [&](auto* pieces) {
      return reinterpret_cast<const __nv_bfloat16*>(pieces + count) + threadIdx.x;
    };
    reinterpret_cast<__nv_bfloat16*>(c + count)[threadIdx.x] = __hadd(*at(a), *at(b));
  }
}

template <class Piece, int kPieces>
void run_add(const Launch& launch) {
  constexpr std::int64_t kElements = sizeof(Piece) / 2;
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const std::int64_t count = n / kElements, per_block = kThreads * kPieces;
  add_pieces<Piece, kPieces><<<static_cast<unsigned>((count + per_block) / per_block), kThreads, 0,
                               launch.stream<cudaStream_t>()>>>(
      count, static_cast<int>(n % kElements), launch.input<Piece>(0), launch.input<Piece>(1),
      launch.output<Piece>(0));
  kernels::check_launch("add_pieces");
}

}  // namespace aisp::ch07
