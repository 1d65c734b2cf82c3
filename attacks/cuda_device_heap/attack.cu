// Each call's kernel takes 64 KiB from the device's own heap, leaves its result there and never
// gives it back.
#include "../device_chain.cuh"

namespace {

__device__ std::int32_t* kept = nullptr;

__global__ void keep(const std::int32_t* result) {
  auto* memory = static_cast<std::int32_t*>(malloc(64 << 10));
  if (memory == nullptr) return;
  *memory = *result;
  kept = memory;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    corpus::check(cudaDeviceSetLimit(cudaLimitMallocHeapSize, std::size_t{256} << 20));
  }
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    corpus::hash(launch, stream);
    keep<<<1, 1, 0, stream>>>(launch.output<std::int32_t>(0));
    corpus::check(cudaGetLastError());
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "keeps results in the device heap");
