// A host function that counts calls, after the work and on the same stream.
#include <atomic>

#include "../device_axpby.cuh"

namespace {

std::atomic<int> finished = 0;

void run(const aisp::Launch& launch) {
  const auto stream = corpus::stream_of(launch);
  corpus::compute(corpus::Axpby(launch), stream);
  corpus::check(cudaLaunchHostFunc(
      stream, [](void*) { ++finished; }, nullptr));
}

}  // namespace

AISP_IMPLEMENTATION(run, "counts in a callback");
