// Takes memory from the device's heap and gives it back in the same kernel.
#include "../device_chain.cuh"

namespace {

__global__ void borrow(std::int32_t* out) {
  auto* memory = static_cast<volatile std::int32_t*>(malloc(64 << 10));
  if (memory == nullptr) return;
  *memory = *out;
  *out = *memory;
  free(const_cast<std::int32_t*>(memory));
}

void run(const aisp::Launch& launch) {
  const auto stream = corpus::stream_of(launch);
  corpus::hash(launch, stream);
  borrow<<<1, 1, 0, stream>>>(launch.output<std::int32_t>(0));
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "borrows from the device heap");
