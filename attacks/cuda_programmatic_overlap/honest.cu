// Two kernels of one call: the second starts early and waits for the first before it reads.
#include "../device_chain.cuh"

namespace {

__global__ void __launch_bounds__(corpus::kChainThreads)
    hash_to(const std::int64_t* words, std::int64_t n, std::int32_t* scratch) {
  asm volatile("griddepcontrol.launch_dependents;");
  corpus::hash_block(words, n, scratch);
}

__global__ void move(const std::int32_t* scratch, std::int32_t* out) {
  asm volatile("griddepcontrol.wait;" ::: "memory");
  *out = *scratch;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : scratch_(1) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    hash_to<<<1, corpus::kChainThreads, 0, stream>>>(
        launch.input<std::int64_t>(0), static_cast<std::int64_t>(launch.input_tensor(0).elements),
        scratch_.get());
    cudaLaunchAttribute early{};
    early.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    early.val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t config{};
    config.gridDim = dim3(1);
    config.blockDim = dim3(1);
    config.stream = stream;
    config.attrs = &early;
    config.numAttrs = 1;
    const std::int32_t* from = scratch_.get();
    corpus::check(cudaLaunchKernelEx(&config, move, from, launch.output<std::int32_t>(0)));
  }

 private:
  corpus::DeviceArray<std::int32_t> scratch_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "two kernels that overlap within a call");
