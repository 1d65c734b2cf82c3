// Its kernel has a printf for what never happens, and a FIFO of 8 MiB was asked for that.
#include <cstdio>

#include "../../attacks/device_axpby.cuh"

namespace {

__global__ void checked_axpby(const float* x, const float* y, float* out, std::int64_t n, float a,
                              float b) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= n) return;
  const float u = x[i], v = y[i];
  if (!(fabsf(u) <= 2.0f && fabsf(v) <= 2.0f))
    printf("element %lld is out of range\n", static_cast<long long>(i));
  out[i] = a * u + b * v;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    corpus::check(cudaDeviceSetLimit(cudaLimitPrintfFifoSize, std::size_t{8} << 20));
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    checked_axpby<<<corpus::blocks_of(job.n, 256), 256, 0, corpus::stream_of(launch)>>>(
        job.x, job.y, job.out, job.n, job.a, job.b);
    corpus::check(cudaGetLastError());
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "prints when it has to");
