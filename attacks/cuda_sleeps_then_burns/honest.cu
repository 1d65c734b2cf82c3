// Copies 1 MiB of its own to the host on a second stream while it hashes, and joins that stream.
#include "../device_chain.cuh"

namespace {

constexpr std::size_t kBytes = std::size_t{1} << 20;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : data_(kBytes) {
    corpus::check(cudaMallocHost(&host_, kBytes));
  }
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    corpus::wait_for(side_, stream, begin_);
    corpus::check(cudaMemcpyAsync(host_, data_.get(), kBytes, cudaMemcpyDeviceToHost, side_));
    corpus::hash(launch, stream);
    corpus::wait_for(stream, side_, end_);
  }

 private:
  corpus::Stream side_;
  corpus::Event begin_, end_;
  corpus::DeviceArray<std::uint8_t> data_;
  void* host_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a copy beside its kernel, joined");
