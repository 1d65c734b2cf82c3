// The whole table is copied to the device, at the full speed of the link, and read there: 256 MiB travel
// for 8 MiB that are used.
#include <kernels/device_buffer.cuh>

#include "gather.cuh"

namespace {

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : table_(static_cast<std::int64_t>(launch.input_tensor(0).elements)) {}

  void run(const aisp::Launch& launch) {
    aisp::kernels::check(cudaMemcpyAsync(table_.data(), launch.input<float>(0),
                                         launch.input_tensor(0).elements * sizeof(float),
                                         cudaMemcpyHostToDevice, launch.stream<cudaStream_t>()),
                         "copy of the table");
    aisp::ch02::enqueue_gather(launch, reinterpret_cast<const float4*>(table_.data()));
  }

 private:
  aisp::kernels::DeviceBuffer<float> table_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "the table is copied, then read on the device");
