// A batch is copied, computed, and only then comes the next: the loop as it reads. While the link works the
// multiprocessors wait, and the other way round.
#include <kernels/device_buffer.cuh>

#include "chain.cuh"

namespace {

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch) : staged_(launch.input_tensor(0).shape[1]) {}

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    const std::int64_t batches = launch.input_tensor(0).shape[0],
                       n = launch.input_tensor(0).shape[1];
    for (std::int64_t batch = 0; batch < batches; ++batch) {
      aisp::kernels::check(cudaMemcpyAsync(staged_.data(), launch.input<float>(0) + batch * n,
                                           static_cast<std::size_t>(n) * sizeof(float),
                                           cudaMemcpyHostToDevice, stream),
                           "copy of a batch");
      aisp::ch03::enqueue_chain(launch, stream, batch, staged_.data());
    }
  }

 private:
  aisp::kernels::DeviceBuffer<float> staged_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "copy a batch, compute it, copy the next");
