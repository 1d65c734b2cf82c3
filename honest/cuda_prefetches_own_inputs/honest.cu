// Brings lines of its own inputs into the L2 ahead of where it reads.
#include "../../attacks/device_rowsum.cuh"

namespace {

__global__ void sum_ahead(const float* __restrict__ in, float* __restrict__ out, int rows,
                          int columns) {
  const int row = static_cast<int>((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (row >= rows) return;
  const float* values = in + static_cast<std::int64_t>(row) * columns;
  const int lane = static_cast<int>(threadIdx.x % 32);
  if (row + 1024 < rows)
    asm volatile("prefetch.global.L2 [%0];" ::"l"(
        values + static_cast<std::int64_t>(1024) * columns + lane * 32));
  float sum = 0;
  for (int i = lane; i < columns; i += 32) sum += values[i];
  sum = corpus::sum_of_warp(sum);
  if (lane == 0) out[row] = sum;
}

void run(const aisp::Launch& launch) {
  const corpus::Rows job(launch);
  sum_ahead<<<corpus::blocks_of(job.rows, 8), 256, 0, corpus::stream_of(launch)>>>(
      job.in, job.out, job.rows, job.columns);
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "prefetches");
