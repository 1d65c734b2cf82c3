// The second half of each row first: another order of additions.
#include "../device_rowsum.cuh"

namespace {

__global__ void sum_halves(const float* __restrict__ in, float* __restrict__ out, int rows,
                           int columns) {
  const int row = static_cast<int>((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (row >= rows) return;
  const float* values = in + static_cast<std::int64_t>(row) * columns;
  const int lane = static_cast<int>(threadIdx.x % 32);
  float sum = 0;
  for (int i = columns / 2 + lane; i < columns; i += 32) sum += values[i];
  for (int i = lane; i < columns / 2; i += 32) sum += values[i];
  sum = corpus::sum_of_warp(sum);
  if (lane == 0) out[row] = sum;
}

void run(const aisp::Launch& launch) {
  const corpus::Rows job(launch);
  sum_halves<<<corpus::blocks_of(job.rows, 8), 256, 0, corpus::stream_of(launch)>>>(
      job.in, job.out, job.rows, job.columns);
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "second half first");
