// One pass, 16 bytes a thread.
#include <aisp/implementation.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>

namespace {

__global__ void axpby(const float4* __restrict__ x, const float4* __restrict__ y,
                      float4* __restrict__ out, std::int64_t vectors, float a, float b) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= vectors) return;
  const float4 u = x[i], v = y[i];
  out[i] = {a * u.x + b * v.x, a * u.y + b * v.y, a * u.z + b * v.z, a * u.w + b * v.w};
}

void run(const aisp::Launch& launch) {
  constexpr int kThreads = 256;
  const auto vectors = static_cast<std::int64_t>(launch.output_tensor(0).elements) / 4;
  const auto blocks = static_cast<unsigned>((vectors + kThreads - 1) / kThreads);
  axpby<<<blocks, kThreads, 0, launch.stream<cudaStream_t>()>>>(
      launch.input<float4>(0), launch.input<float4>(1), launch.output<float4>(0), vectors,
      static_cast<float>(launch.param("a")), static_cast<float>(launch.param("b")));
  const cudaError_t status = cudaGetLastError();
  if (status != cudaSuccess) throw std::runtime_error(cudaGetErrorString(status));
}

}  // namespace

AISP_IMPLEMENTATION(run, "one pass, 16 bytes a thread");
