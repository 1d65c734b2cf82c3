// Rounds what it reads to bf16 and adds two of them at a time.
#include <cuda_bf16.h>

#include "../device_rowsum.cuh"

namespace {

__global__ void sum_bf16(const float* __restrict__ in, float* __restrict__ out, int rows,
                         int columns) {
  const int row = static_cast<int>((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (row >= rows) return;
  const auto* values =
      reinterpret_cast<const float2*>(in + static_cast<std::int64_t>(row) * columns);
  const int lane = static_cast<int>(threadIdx.x % 32);
  __nv_bfloat162 sum = __floats2bfloat162_rn(0, 0);
  for (int i = lane; i < columns / 2; i += 32) sum = __hadd2(sum, __float22bfloat162_rn(values[i]));
  const float total = corpus::sum_of_warp(__low2float(sum) + __high2float(sum));
  if (lane == 0) out[row] = total;
}

void run(const aisp::Launch& launch) {
  const corpus::Rows job(launch);
  sum_bf16<<<corpus::blocks_of(job.rows, 8), 256, 0, corpus::stream_of(launch)>>>(
      job.in, job.out, job.rows, job.columns);
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "sums in bf16");
