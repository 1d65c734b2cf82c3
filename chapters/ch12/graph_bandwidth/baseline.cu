// A launch for each step. The host needs a few microseconds for a launch and the GPU little more than
// one for the step: the GPU waits for the host.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include "rotation.cuh"

namespace {

using aisp::ch12::kThreads;

void run(const aisp::Launch& launch) {
  const int pairs = static_cast<int>(launch.output_tensor(0).elements / 2);
  const int steps = static_cast<int>(launch.input_tensor(1).elements);
  const int log_n = aisp::ch12::log2_of(2 * pairs);
  const float* tangents = launch.input<float>(1);
  float* y = launch.output<float>(0);
  const float* in = launch.input<float>(0);
  const int blocks = (pairs + kThreads - 1) / kThreads;
  for (int s = 0; s < steps; ++s, in = y)
    aisp::ch12::rotate<<<blocks, kThreads, 0, launch.stream<cudaStream_t>()>>>(pairs, s % log_n,
                                                                               tangents + s, in, y);
  aisp::kernels::check_launch("rotate");
}

}  // namespace

AISP_IMPLEMENTATION(run, "a launch for each step");
