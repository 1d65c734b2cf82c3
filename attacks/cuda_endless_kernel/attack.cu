// After 40 calls a kernel that runs for 8 seconds (and then ends), longer than a window may take.
#include "../device_axpby.cuh"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
  if (++calls == 40) corpus::busy_kernel<<<1, 1, 0, corpus::stream_of(launch)>>>(8'000'000'000ull);
}

}  // namespace

AISP_IMPLEMENTATION(run, "8 seconds");
