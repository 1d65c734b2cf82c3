// Blocks add to one float in whatever order: the last bits differ from call to call.
#include "../../attacks/device_rowsum.cuh"

namespace {

__global__ void add(const float* in, float* out, int columns) {
  const int part = columns / static_cast<int>(gridDim.y);
  const float* values =
      in + static_cast<std::int64_t>(blockIdx.x) * columns + static_cast<int>(blockIdx.y) * part;
  float sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < part; i += 32) sum += values[i];
  sum = corpus::sum_of_warp(sum);
  if (threadIdx.x == 0) atomicAdd(out + blockIdx.x, sum);
}

void run(const aisp::Launch& launch) {
  const corpus::Rows job(launch);
  const auto stream = corpus::stream_of(launch);
  corpus::check(
      cudaMemsetAsync(job.out, 0, static_cast<std::size_t>(job.rows) * sizeof(float), stream));
  add<<<dim3(static_cast<unsigned>(job.rows), 8), 32, 0, stream>>>(job.in, job.out, job.columns);
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "atomics");
