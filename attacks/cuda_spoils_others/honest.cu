// Clears its own output before it computes, in each call.
#include "../device_chain.cuh"

namespace {

void run(const aisp::Launch& launch) {
  const auto stream = corpus::stream_of(launch);
  corpus::check(cudaMemsetAsync(launch.output<std::int32_t>(0), 0, sizeof(std::int32_t), stream));
  corpus::hash(launch, stream);
}

}  // namespace

AISP_IMPLEMENTATION(run, "clears its own output first");
