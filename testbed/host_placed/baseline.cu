// The kernel reads and writes the host's memory over the bus, where the tensors are.
#include "kernel.cuh"

namespace {

void run(const aisp::Launch& launch) {
  testbed::launch_kernel(launch, launch.input<float>(0), launch.output<float>(0));
}

}  // namespace

AISP_IMPLEMENTATION(run, "one kernel, zero copies");
