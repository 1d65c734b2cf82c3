// Sets the flags of its device in setup, as libraries do: whoever waits for the GPU sleeps instead of spinning.
#include "../../attacks/device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    corpus::check(cudaSetDeviceFlags(cudaDeviceScheduleBlockingSync));
  }
  void run(const aisp::Launch& launch) {
    corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "waits asleep");
