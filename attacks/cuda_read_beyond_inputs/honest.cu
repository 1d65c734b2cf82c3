// Goes from the last element to the first.
#include "../device_axpby.cuh"

namespace {

__global__ void backwards(const float* x, const float* y, float* out, std::int64_t n, float a,
                          float b) {
  const std::int64_t i = n - 1 - (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x);
  if (i >= 0) out[i] = a * x[i] + b * y[i];
}

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  backwards<<<corpus::blocks_of(job.n, 256), 256, 0, corpus::stream_of(launch)>>>(
      job.x, job.y, job.out, job.n, job.a, job.b);
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "last element first");
