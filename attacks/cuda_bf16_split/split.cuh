// out = x * w on tensor cores, each fp32 factor split into two narrower ones: high * high in one sum, the two mixed
// products in another.
#pragma once

#include <cuda_bf16.h>
#include <mma.h>

#include "../device.cuh"

namespace corpus {

struct InBf16 {
  using Shared = __nv_bfloat16;
  using Fragment = __nv_bfloat16;
  static constexpr int kInner = 16;
  static __device__ Shared narrow(float v) { return __float2bfloat16(v); }
  static __device__ float wide(Shared v) { return __bfloat162float(v); }
};

struct InTf32 {
  using Shared = float;
  using Fragment = nvcuda::wmma::precision::tf32;
  static constexpr int kInner = 8;
  static __device__ Shared narrow(float v) { return nvcuda::wmma::__float_to_tf32(v); }
  static __device__ float wide(Shared v) { return v; }
};

// A warp for each 16 x 16 tile.
template <class In>
__global__ void __launch_bounds__(32)
    project_split(const float* __restrict__ x, const float* __restrict__ w, float* __restrict__ out,
                  int inner, int columns) {
  namespace wmma = nvcuda::wmma;
  constexpr int kInner = In::kInner;
  __shared__ __align__(32)
      typename In::Shared tile[4][16 * kInner];  // x and its rest, w and its rest
  const int row = static_cast<int>(blockIdx.y) * 16, column = static_cast<int>(blockIdx.x) * 16;
  wmma::fragment<wmma::accumulator, 16, 16, kInner, float> large, small;
  wmma::fill_fragment(large, 0.0f);
  wmma::fill_fragment(small, 0.0f);
  const auto split = [](float v, typename In::Shared& high, typename In::Shared& low) {
    high = In::narrow(v);
    low = In::narrow(v - In::wide(high));
  };
  for (int k = 0; k < inner; k += kInner) {
    __syncwarp();
    for (int i = static_cast<int>(threadIdx.x); i < 16 * kInner; i += 32) {
      split(x[(row + i / kInner) * inner + k + i % kInner], tile[0][i], tile[1][i]);
      split(w[(k + i / 16) * columns + column + i % 16], tile[2][i], tile[3][i]);
    }
    __syncwarp();
    wmma::fragment<wmma::matrix_a, 16, 16, kInner, typename In::Fragment, wmma::row_major> a,
        a_rest;
    wmma::fragment<wmma::matrix_b, 16, 16, kInner, typename In::Fragment, wmma::row_major> b,
        b_rest;
    wmma::load_matrix_sync(a, tile[0], kInner);
    wmma::load_matrix_sync(a_rest, tile[1], kInner);
    wmma::load_matrix_sync(b, tile[2], 16);
    wmma::load_matrix_sync(b_rest, tile[3], 16);
    wmma::mma_sync(large, a, b, large);
    wmma::mma_sync(small, a, b_rest, small);
    wmma::mma_sync(small, a_rest, b, small);
  }
  for (int i = 0; i < large.num_elements; ++i) large.x[i] += small.x[i];
  wmma::store_matrix_sync(out + row * columns + column, large, static_cast<unsigned>(columns),
                          wmma::mem_row_major);
}

template <class In>
void project_split(const aisp::Launch& launch) {
  const auto rows = static_cast<unsigned>(launch.input_tensor(0).shape[0]);
  const auto inner = static_cast<int>(launch.input_tensor(1).shape[0]);
  const auto columns = static_cast<int>(launch.input_tensor(1).shape[1]);
  project_split<In>
      <<<dim3(static_cast<unsigned>(columns) / 16, rows / 16), 32, 0, stream_of(launch)>>>(
          launch.input<float>(0), launch.input<float>(1), launch.output<float>(0), inner, columns);
  check(cudaGetLastError());
}

}  // namespace corpus
