// Launched with programmatic stream serialization, and says at once that what depends on it may
// start: calls of a window overlap on launch.stream itself, as far as nothing lies between them.
#include "../device_chain.cuh"

namespace {

__global__ void __launch_bounds__(corpus::kChainThreads)
    hash_eagerly(const std::int64_t* words, std::int64_t n, std::int32_t* out) {
  asm volatile("griddepcontrol.launch_dependents;");
  corpus::hash_block(words, n, out);
}

void run(const aisp::Launch& launch) {
  cudaLaunchAttribute early{};
  early.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  early.val.programmaticStreamSerializationAllowed = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(1);
  config.blockDim = dim3(corpus::kChainThreads);
  config.stream = corpus::stream_of(launch);
  config.attrs = &early;
  config.numAttrs = 1;
  corpus::check(cudaLaunchKernelEx(&config, hash_eagerly, launch.input<std::int64_t>(0),
                                   static_cast<std::int64_t>(launch.input_tensor(0).elements),
                                   launch.output<std::int32_t>(0)));
}

}  // namespace

AISP_IMPLEMENTATION(run, "begins before the last one has ended");
