// Sums in fp64, more precise than it has to be.
#include "../device_rowsum.cuh"

namespace {

__global__ void sum_double(const float* __restrict__ in, float* __restrict__ out, int rows,
                           int columns) {
  const int row = static_cast<int>((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (row >= rows) return;
  const float* values = in + static_cast<std::int64_t>(row) * columns;
  const int lane = static_cast<int>(threadIdx.x % 32);
  double sum = 0;
  for (int i = lane; i < columns; i += 32) sum += values[i];
  for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(0xffffffffu, sum, offset);
  if (lane == 0) out[row] = static_cast<float>(sum);
}

void run(const aisp::Launch& launch) {
  const corpus::Rows job(launch);
  sum_double<<<corpus::blocks_of(job.rows, 8), 256, 0, corpus::stream_of(launch)>>>(
      job.in, job.out, job.rows, job.columns);
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "sums in fp64");
