// Waits for its own call on the host, which nobody asked for.
#include "../device_axpby.cuh"

namespace {

void run(const aisp::Launch& launch) {
  corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
  corpus::check(cudaStreamSynchronize(corpus::stream_of(launch)));
}

}  // namespace

AISP_IMPLEMENTATION(run, "waits for itself");
