// Every third call does its work twice, the first time into memory of its own: its times differ, and are told as
// they are.
#include "../device_chain.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : scratch_(1) {}
  void run(const aisp::Launch& launch) {
    if (calls_++ % 3 == 0)
      corpus::chain_kernel<<<1, corpus::kChainThreads, 0, corpus::stream_of(launch)>>>(
          launch.input<std::int64_t>(0), static_cast<std::int64_t>(launch.input_tensor(0).elements),
          scratch_.get());
    corpus::hash(launch, corpus::stream_of(launch));
  }

 private:
  corpus::DeviceArray<std::int32_t> scratch_;
  unsigned calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "uneven calls");
