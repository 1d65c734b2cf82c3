// Keeps a copy of its own outputs, taken on a second stream that is joined, and compares nothing with it.
#include "../device_chain.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : kept_(1) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    corpus::hash(launch, stream);
    corpus::wait_for(side_, stream, begin_);
    corpus::check(cudaMemcpyAsync(kept_.get(), launch.output<std::int32_t>(0), sizeof(std::int32_t),
                                  cudaMemcpyDeviceToDevice, side_));
    corpus::wait_for(stream, side_, end_);
  }

 private:
  corpus::Stream side_;
  corpus::Event begin_, end_;
  corpus::DeviceArray<std::int32_t> kept_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "keeps its last output");
