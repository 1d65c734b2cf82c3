// A second stream clears memory of its own while the chain is hashed, and is joined.
#include "../device_chain.cuh"

namespace {

constexpr std::size_t kBytes = std::size_t{8} << 20;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : scratch_(kBytes) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    corpus::wait_for(side_, stream, begin_);
    corpus::hash(launch, stream);
    corpus::check(cudaMemsetAsync(scratch_.get(), 0, kBytes, side_));
    corpus::wait_for(stream, side_, end_);
  }

 private:
  corpus::Stream side_;
  corpus::Event begin_, end_;
  corpus::DeviceArray<std::uint8_t> scratch_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "clears its memory meanwhile");
