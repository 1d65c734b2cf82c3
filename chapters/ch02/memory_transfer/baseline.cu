// One copy after the other in the call's stream. Each is as fast as the link allows in its direction, and
// the other direction stands idle.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

namespace {

void run(const aisp::Launch& launch) {
  using aisp::kernels::check;
  const auto stream = launch.stream<cudaStream_t>();
  const std::size_t bytes = launch.output_tensor(0).elements * sizeof(float);
  check(cudaMemcpyAsync(launch.output<float>(0), launch.input<float>(0), bytes,
                        cudaMemcpyHostToDevice, stream),
        "copy to the device");
  check(cudaMemcpyAsync(launch.output<float>(1), launch.input<float>(1), bytes,
                        cudaMemcpyDeviceToHost, stream),
        "copy to the host");
}

}  // namespace

AISP_IMPLEMENTATION(run, "to the device, then to the host");
