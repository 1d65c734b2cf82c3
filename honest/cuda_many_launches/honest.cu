// Sixteen launches a call, each of which goes on where the one before stopped: the host is busy
// for longer than a launch.
#include "../../attacks/device_chain.cuh"

namespace {

__global__ void hash_part(const std::int64_t* words, std::int64_t n, std::uint64_t* state,
                          bool first, std::int32_t* out) {
  std::uint64_t here = first ? corpus::kChainBegin : *state;
#pragma unroll 16
  for (std::int64_t i = 0; i < n; ++i)
    here = (here ^ static_cast<std::uint64_t>(words[i])) * corpus::kChainFactor;
  *state = here;
  *out = corpus::folded(here);
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : state_(1) {}
  void run(const aisp::Launch& launch) {
    const auto n = static_cast<std::int64_t>(launch.input_tensor(0).elements) / 16;
    for (int part = 0; part < 16; ++part)
      hash_part<<<1, 1, 0, corpus::stream_of(launch)>>>(launch.input<std::int64_t>(0) + part * n, n,
                                                        state_.get(), part == 0,
                                                        launch.output<std::int32_t>(0));
    corpus::check(cudaGetLastError());
  }

 private:
  corpus::DeviceArray<std::uint64_t> state_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "sixteen launches");
