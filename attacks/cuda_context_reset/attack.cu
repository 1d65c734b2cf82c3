// cudaDeviceReset after 40 calls takes the agent's context, stream and events with it.
#include "../device_axpby.cuh"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
  if (++calls == 40) cudaDeviceReset();
}

}  // namespace

AISP_IMPLEMENTATION(run, "resets the device");
