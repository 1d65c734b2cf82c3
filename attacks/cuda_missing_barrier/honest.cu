// A tree over the block in shared memory, with its barriers.
#include "../device_rowsum.cuh"

namespace {

__global__ void __launch_bounds__(256) sum_block(const float* in, float* out, int columns) {
  __shared__ float partial[256];
  const float* row = in + static_cast<std::int64_t>(blockIdx.x) * columns;
  const int me = static_cast<int>(threadIdx.x);
  float mine = 0;
  for (int i = me; i < columns; i += 256) mine += row[i];
  partial[me] = mine;
  for (int half = 128; half > 0; half /= 2) {
    __syncthreads();
    if (me < half) partial[me] += partial[me + half];
  }
  if (me == 0) out[blockIdx.x] = partial[0];
}

void run(const aisp::Launch& launch) {
  const corpus::Rows job(launch);
  sum_block<<<static_cast<unsigned>(job.rows), 256, 0, corpus::stream_of(launch)>>>(job.in, job.out,
                                                                                    job.columns);
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "with barriers");
