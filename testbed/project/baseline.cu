// A thread for each element of the output, all operands from global memory.
#include <aisp/implementation.h>
#include <cuda_runtime.h>

#include <stdexcept>

namespace {

__global__ void project(const float* x, const float* w, float* out, int inner, int columns) {
  const int row = static_cast<int>(blockIdx.y);
  const int column = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (column >= columns) return;
  float sum = 0;
  for (int k = 0; k < inner; ++k) sum += x[row * inner + k] * w[k * columns + column];
  out[row * columns + column] = sum;
}

void run(const aisp::Launch& launch) {
  constexpr int kThreads = 128;
  const auto rows = static_cast<unsigned>(launch.input_tensor(0).shape[0]);
  const auto inner = static_cast<int>(launch.input_tensor(1).shape[0]);
  const auto columns = static_cast<int>(launch.input_tensor(1).shape[1]);
  project<<<dim3(static_cast<unsigned>((columns + kThreads - 1) / kThreads), rows), kThreads, 0,
            launch.stream<cudaStream_t>()>>>(launch.input<float>(0), launch.input<float>(1),
                                             launch.output<float>(0), inner, columns);
  const cudaError_t status = cudaGetLastError();
  if (status != cudaSuccess) throw std::runtime_error(cudaGetErrorString(status));
}

}  // namespace

AISP_IMPLEMENTATION(run, "a thread for each element");
