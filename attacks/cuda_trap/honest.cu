// Checks something on the device that always holds, and would trap otherwise.
#include "../device_axpby.cuh"

namespace {

__global__ void expect(bool right) {
  if (!right) __trap();
}

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  expect<<<1, 1, 0, corpus::stream_of(launch)>>>(job.n > 0);
  corpus::compute(job, corpus::stream_of(launch));
}

}  // namespace

AISP_IMPLEMENTATION(run, "checks on the device");
