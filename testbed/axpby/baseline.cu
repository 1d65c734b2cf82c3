// Two passes: out = b*y, then out += a*x.
#include <aisp/implementation.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>

namespace {

__global__ void scale(const float* y, float* out, std::int64_t n, float b) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < n) out[i] = b * y[i];
}

__global__ void add(const float* x, float* out, std::int64_t n, float a) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < n) out[i] += a * x[i];
}

void run(const aisp::Launch& launch) {
  constexpr int kThreads = 256;
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const auto blocks = static_cast<unsigned>((n + kThreads - 1) / kThreads);
  const auto stream = launch.stream<cudaStream_t>();
  scale<<<blocks, kThreads, 0, stream>>>(launch.input<float>(1), launch.output<float>(0), n,
                                         static_cast<float>(launch.param("b")));
  add<<<blocks, kThreads, 0, stream>>>(launch.input<float>(0), launch.output<float>(0), n,
                                       static_cast<float>(launch.param("a")));
  const cudaError_t status = cudaGetLastError();
  if (status != cudaSuccess) throw std::runtime_error(cudaGetErrorString(status));
}

}  // namespace

AISP_IMPLEMENTATION(run, "two passes");
