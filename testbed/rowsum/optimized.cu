// A warp for each row, 16 bytes a lane at a time, summed by shuffles. The columns are a multiple of 128.
#include <aisp/implementation.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>

namespace {

constexpr int kThreads = 256;

__global__ void sum(const float* __restrict__ in, float* __restrict__ out, int rows, int columns) {
  const int row = static_cast<int>((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (row >= rows) return;
  const auto* values =
      reinterpret_cast<const float4*>(in + static_cast<std::int64_t>(row) * columns);
  const int lane = static_cast<int>(threadIdx.x % 32);
  float mine = 0;
  for (int i = lane; i < columns / 4; i += 32) {
    const float4 v = values[i];
    mine += (v.x + v.y) + (v.z + v.w);
  }
  for (int offset = 16; offset > 0; offset /= 2)
    mine += __shfl_down_sync(0xffffffffu, mine, offset);
  if (lane == 0) out[row] = mine;
}

void run(const aisp::Launch& launch) {
  const auto rows = static_cast<int>(launch.input_tensor(0).shape[0]);
  constexpr int kRows = kThreads / 32;
  sum<<<static_cast<unsigned>((rows + kRows - 1) / kRows), kThreads, 0,
        launch.stream<cudaStream_t>()>>>(launch.input<float>(0), launch.output<float>(0), rows,
                                         static_cast<int>(launch.input_tensor(0).shape[1]));
  const cudaError_t status = cudaGetLastError();
  if (status != cudaSuccess) throw std::runtime_error(cudaGetErrorString(status));
}

}  // namespace

AISP_IMPLEMENTATION(run, "a warp for each row");
