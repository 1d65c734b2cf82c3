// The chain with its words in shared memory.
#include "../device_chain.cuh"

namespace {

void run(const aisp::Launch& launch) { corpus::hash(launch, corpus::stream_of(launch)); }

}  // namespace

AISP_IMPLEMENTATION(run, "words in shared memory");
