// A kernel that is first used at the hundredth call: the driver loads it then.
#include "../../attacks/device_axpby.cuh"

namespace {

__global__ void scalar(const float* x, const float* y, float* out, std::int64_t n, float a,
                       float b) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < n) out[i] = a * x[i] + b * y[i];
}

int calls = 0;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const auto stream = corpus::stream_of(launch);
  if (++calls % 100 != 0) return corpus::compute(job, stream);
  scalar<<<corpus::blocks_of(job.n, 256), 256, 0, stream>>>(job.x, job.y, job.out, job.n, job.a,
                                                            job.b);
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "loads a kernel late");
