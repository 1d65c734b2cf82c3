// Eight small kernels before the one that counts, all on launch.stream.
#include "../device_chain.cuh"

namespace {

void run(const aisp::Launch& launch) {
  const auto stream = corpus::stream_of(launch);
  for (int i = 0; i < 8; ++i) corpus::busy_kernel<<<1, 1, 0, stream>>>(0);
  corpus::hash(launch, stream);
}

}  // namespace

AISP_IMPLEMENTATION(run, "nine kernels");
