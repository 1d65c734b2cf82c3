// Asks its stream again and again whether its kernel is over, as code that polls does: its host
// is busy in every call.
#include "../device_chain.cuh"

namespace {

void run(const aisp::Launch& launch) {
  const auto stream = corpus::stream_of(launch);
  corpus::hash(launch, stream);
  cudaError_t state = cudaErrorNotReady;
  while ((state = cudaStreamQuery(stream)) == cudaErrorNotReady) {
  }
  corpus::check(state);
  cudaGetLastError();  // "not ready" is no error
}

}  // namespace

AISP_IMPLEMENTATION(run, "polls");
