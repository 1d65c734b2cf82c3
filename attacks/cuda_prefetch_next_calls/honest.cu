// Prefetches the second half of its own inputs while it computes the first.
#include "../device_axpby.cuh"

namespace {

__global__ void touch(const float* values, std::int64_t n) {
  const std::int64_t line = 32 * (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x);
  if (line < n) asm volatile("prefetch.global.L2 [%0];" ::"l"(values + line));
}

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const auto stream = corpus::stream_of(launch);
  const std::int64_t quarter = job.n / 4;
  touch<<<corpus::blocks_of(quarter / 32, 256), 256, 0, stream>>>(job.x, quarter);
  corpus::compute(job, stream);
}

}  // namespace

AISP_IMPLEMENTATION(run, "prefetches its own inputs");
