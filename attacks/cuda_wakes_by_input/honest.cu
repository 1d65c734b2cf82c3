// A stream of its own waits for a word in memory of its own, which launch.stream writes in the same call; it is
// joined by an event.
#include "../device_chain.cuh"
#include "../stream_values.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : word_(1) {
    corpus::check(cudaMemset(word_.get(), 0, sizeof(std::uint32_t)));
  }
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    const std::uint32_t call = ++calls_;
    if (!values_.write(stream, word_.get(), call) || !values_.wait_for(side_, word_.get(), call))
      corpus::wait_for(side_, stream, begin_);
    corpus::hash(launch, side_);
    corpus::wait_for(stream, side_, end_);
  }

 private:
  corpus::StreamValues values_;
  corpus::Stream side_;
  corpus::Event begin_, end_;
  corpus::DeviceArray<std::uint32_t> word_;
  std::uint32_t calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a stream that waits for a word of its own");
