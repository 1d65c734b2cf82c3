// Takes scratch memory from the stream-ordered pool in each call and gives it back: partial sums
// of four parts of each row, then their sum.
#include "../../attacks/device_rowsum.cuh"

namespace {

__global__ void partial_sums(const float* in, float* partial, int rows, int columns) {
  const int warp = static_cast<int>((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (warp >= 4 * rows) return;
  const int part = columns / 4;
  const float* values = in + static_cast<std::int64_t>(warp) * part;
  float sum = 0;
  for (int i = static_cast<int>(threadIdx.x % 32); i < part; i += 32) sum += values[i];
  sum = corpus::sum_of_warp(sum);
  if (threadIdx.x % 32 == 0) partial[warp] = sum;
}

__global__ void add_parts(const float* partial, float* out, int rows) {
  const int row = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (row >= rows) return;
  const float* p = partial + 4 * row;
  out[row] = (p[0] + p[1]) + (p[2] + p[3]);
}

void run(const aisp::Launch& launch) {
  const corpus::Rows job(launch);
  const auto stream = corpus::stream_of(launch);
  float* partial = nullptr;
  corpus::check(
      cudaMallocAsync(&partial, static_cast<std::size_t>(job.rows) * 4 * sizeof(float), stream));
  partial_sums<<<corpus::blocks_of(4 * job.rows, 8), 256, 0, stream>>>(job.in, partial, job.rows,
                                                                       job.columns);
  add_parts<<<corpus::blocks_of(job.rows, 256), 256, 0, stream>>>(partial, job.out, job.rows);
  corpus::check(cudaGetLastError());
  corpus::check(cudaFreeAsync(partial, stream));
}

}  // namespace

AISP_IMPLEMENTATION(run, "a pool in each call");
