// Two buffers for all steps and all calls, from setup. Calls that are queued one behind the other share
// them: they are in one stream.
#include <aisp/implementation.h>
#include <kernels/device_buffer.cuh>

#include "smoothing.cuh"

namespace {

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : n_(launch.input_tensor(0).shape[0]), arena_(2 * n_) {}

  void run(const aisp::Launch& launch) {
    const auto steps = static_cast<std::int64_t>(launch.input_tensor(1).elements);
    const float* w = launch.input<float>(1);
    const float* now = launch.input<float>(0);
    for (std::int64_t s = 0; s < steps; ++s) {
      float* const next = s == steps - 1 ? launch.output<float>(0) : arena_.data() + s % 2 * n_;
      aisp::ch03::enqueue_smoothing(launch.stream<cudaStream_t>(), n_, w + s, now, next);
      now = next;
    }
  }

 private:
  std::int64_t n_;
  aisp::kernels::DeviceBuffer<float> arena_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "two buffers from setup");
