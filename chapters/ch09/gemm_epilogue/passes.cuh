// The passes over C that follow a product, four neighbouring elements for each thread.
#pragma once

#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace epilogue {

constexpr int kThreads = 256;

// c = step(c, column of the four) for each of n4 vectors; columns4 of them are a row.
template <class Step>
__global__ void __launch_bounds__(kThreads)
    pass(std::int64_t n4, int columns4, float4* c, Step step) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i < n4) c[i] = step(c[i], static_cast<int>(i % columns4));
}

struct AddBias {
  const float4* bias;
  __device__ float4 operator()(float4 v, int column) const {
    const float4 b = bias[column];
    return make_float4(v.x + b.x, v.y + b.y, v.z + b.z, v.w + b.w);
  }
};
struct Relu {
  __device__ float4 operator()(float4 v, int) const {
    return make_float4(fmaxf(v.x, 0), fmaxf(v.y, 0), fmaxf(v.z, 0), fmaxf(v.w, 0));
  }
};
struct AddBiasRelu {
  const float4* bias;
  __device__ float4 operator()(float4 v, int column) const {
    return Relu{}(AddBias{bias}(v, column), column);
  }
};

template <class Step>
void launch_pass(cudaStream_t stream, std::int64_t m, std::int64_t n, float* c, const Step& step) {
  aisp::kernels::require(n % 4 == 0, "rows of whole 16-byte vectors");
  const std::int64_t n4 = m * n / 4;
  pass<<<static_cast<unsigned>((n4 + kThreads - 1) / kThreads), kThreads, 0, stream>>>(
      n4, static_cast<int>(n / 4), reinterpret_cast<float4*>(c), step);
  aisp::kernels::check_launch("pass");
}

}  // namespace epilogue
