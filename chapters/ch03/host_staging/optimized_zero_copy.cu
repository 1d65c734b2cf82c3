// No staging: the kernel reads the host's memory itself, once. Its own threads hide the link's latency, and
// there is nothing to synchronize; what the blocks cannot do is read ahead of their own work.
#include "chain.cuh"

namespace {

void run(const aisp::Launch& launch) {
  const std::int64_t batches = launch.input_tensor(0).shape[0], n = launch.input_tensor(0).shape[1];
  for (std::int64_t batch = 0; batch < batches; ++batch)
    aisp::ch03::enqueue_chain(launch, launch.stream<cudaStream_t>(), batch,
                              launch.input<float>(0) + batch * n);
}

}  // namespace

AISP_IMPLEMENTATION(run, "the kernel reads the host's memory");
