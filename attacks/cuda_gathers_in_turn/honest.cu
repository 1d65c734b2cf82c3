// Hashes into memory of its own and hands the result out with a second kernel, in each call.
#include "../device_chain.cuh"

namespace {

__global__ void hand_out(const std::int32_t* result, std::int32_t* out) { *out = *result; }

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : result_(1) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    corpus::chain_kernel<<<1, corpus::kChainThreads, 0, stream>>>(
        launch.input<std::int64_t>(0), static_cast<std::int64_t>(launch.input_tensor(0).elements),
        result_.get());
    hand_out<<<1, 1, 0, stream>>>(result_.get(), launch.output<std::int32_t>(0));
    corpus::check(cudaGetLastError());
  }

 private:
  corpus::DeviceArray<std::int32_t> result_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "two kernels, one of them a copy");
