// A block for each row, summed by a tree in shared memory.
#include <aisp/implementation.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>

namespace {

constexpr int kThreads = 256;

__global__ void __launch_bounds__(kThreads) sum(const float* in, float* out, int columns) {
  __shared__ float partial[kThreads];
  const float* row = in + static_cast<std::int64_t>(blockIdx.x) * columns;
  const int me = static_cast<int>(threadIdx.x);
  float mine = 0;
  for (int i = me; i < columns; i += kThreads) mine += row[i];
  partial[me] = mine;
  for (int half = kThreads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (me < half) partial[me] += partial[me + half];
  }
  if (me == 0) out[blockIdx.x] = partial[0];
}

void run(const aisp::Launch& launch) {
  const auto rows = static_cast<unsigned>(launch.input_tensor(0).shape[0]);
  sum<<<rows, kThreads, 0, launch.stream<cudaStream_t>()>>>(
      launch.input<float>(0), launch.output<float>(0),
      static_cast<int>(launch.input_tensor(0).shape[1]));
  const cudaError_t status = cudaGetLastError();
  if (status != cudaSuccess) throw std::runtime_error(cudaGetErrorString(status));
}

}  // namespace

AISP_IMPLEMENTATION(run, "a block for each row");
