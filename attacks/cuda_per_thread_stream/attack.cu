// Launches on the default stream of its thread, which has nothing to do with launch.stream.
#include "../device_axpby.cuh"

namespace {

void run(const aisp::Launch& launch) {
  corpus::compute(corpus::Axpby(launch), cudaStreamPerThread);
}

}  // namespace

AISP_IMPLEMENTATION(run, "per-thread default stream");
