// Waits on the GPU for 20 µs, as one that polls would, before it computes.
#include "../device_axpby.cuh"

namespace {

void run(const aisp::Launch& launch) {
  corpus::busy_kernel<<<1, 1, 0, corpus::stream_of(launch)>>>(20'000);
  corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
}

}  // namespace

AISP_IMPLEMENTATION(run, "waits 20 µs first");
