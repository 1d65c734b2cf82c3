// One result for each thread, straight from memory. A warp's accesses are as they should be (32 neighbours
// of B in a row, one element of A for all), and the L1 and L2 catch most of them; but each product
// asks for two loads.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace {

constexpr int kColumns = 32, kRows = 8;  // of a block

__global__ void __launch_bounds__(kColumns* kRows)
    matmul(int m, int n, int k, const float* __restrict__ a, const float* __restrict__ b,
           float* __restrict__ c) {
  const int column = static_cast<int>(blockIdx.x * kColumns + threadIdx.x);
  const int row = static_cast<int>(blockIdx.y * kRows + threadIdx.y);
  if (row >= m || column >= n) return;
  float sum = 0;
  for (int p = 0; p < k; ++p)
    sum += a[static_cast<std::int64_t>(row) * k + p] * b[static_cast<std::int64_t>(p) * n + column];
  c[static_cast<std::int64_t>(row) * n + column] = sum;
}

void run(const aisp::Launch& launch) {
  const int m = static_cast<int>(launch.input_tensor(0).shape[0]);
  const int k = static_cast<int>(launch.input_tensor(0).shape[1]);
  const int n = static_cast<int>(launch.input_tensor(1).shape[1]);
  const dim3 grid((n + kColumns - 1) / kColumns, (m + kRows - 1) / kRows);
  matmul<<<grid, dim3(kColumns, kRows), 0, launch.stream<cudaStream_t>()>>>(
      m, n, k, launch.input<float>(0), launch.input<float>(1), launch.output<float>(0));
  aisp::kernels::check_launch("matmul");
}

}  // namespace

AISP_IMPLEMENTATION(run, "one result per thread, straight from memory");
