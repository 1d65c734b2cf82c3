// A gate within the call: the stream of its own is given its kernel first, and launch.stream opens the gate then.
#include "../device_chain.cuh"
#include "../stream_values.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : gate_(1) {
    corpus::load(corpus::chain_kernel);
    corpus::check(cudaMemset(gate_.get(), 0, sizeof(std::uint32_t)));
  }
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    const std::uint32_t call = ++calls_;
    if (!values_.wait_for(side_, gate_.get(), call)) return corpus::hash(launch, stream);
    corpus::hash(launch, side_);
    corpus::check(cudaEventRecord(done_, side_));
    corpus::check(values_.write(stream, gate_.get(), call) ? cudaSuccess : cudaErrorUnknown);
    corpus::check(cudaStreamWaitEvent(stream, done_));
  }

 private:
  corpus::StreamValues values_;
  corpus::Stream side_;
  corpus::Event done_;
  corpus::DeviceArray<std::uint32_t> gate_;
  std::uint32_t calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a gate that the same call opens");
