// Copies its inputs, hashes the copy, and hands the result out with a kernel that looks whether the inputs are still
// what was hashed: all of it in each call.
#include "../device_chain.cuh"

namespace {

constexpr int kLookers = 1024;

__global__ void __launch_bounds__(kLookers)
    hand_out(const std::int64_t* words, const std::int64_t* read, std::int64_t n,
             const std::int32_t* result, std::int32_t* out) {
  bool differs = false;
  for (std::int64_t i = threadIdx.x; i < n; i += blockDim.x) differs |= words[i] != read[i];
  if (__syncthreads_or(differs))
    corpus::hash_block(words, n, out);
  else if (threadIdx.x == 0)
    *out = *result;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch)
      : words_(static_cast<std::int64_t>(launch.input_tensor(0).elements)),
        read_(static_cast<std::size_t>(words_)),
        result_(1) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    const auto* const words = launch.input<std::int64_t>(0);
    corpus::check(cudaMemcpyAsync(read_.get(), words,
                                  static_cast<std::size_t>(words_) * sizeof(std::int64_t),
                                  cudaMemcpyDeviceToDevice, stream));
    corpus::chain_kernel<<<1, corpus::kChainThreads, 0, stream>>>(read_.get(), words_,
                                                                  result_.get());
    hand_out<<<1, kLookers, 0, stream>>>(words, read_.get(), words_, result_.get(),
                                         launch.output<std::int32_t>(0));
    corpus::check(cudaGetLastError());
  }

 private:
  std::int64_t words_;
  corpus::DeviceArray<std::int64_t> read_;
  corpus::DeviceArray<std::int32_t> result_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a copy is hashed, and compared before the result is handed out");
