// A block waits for a flag that another block of the same launch sets.
#include "../device_axpby.cuh"

namespace {

__device__ volatile int flag = 0;

__global__ void meet(int call) {
  if (blockIdx.x == 0) {
    flag = call;
  } else {
    const unsigned long long begin = corpus::global_ns();
    while (flag != call && corpus::global_ns() - begin < 1'000'000) {
    }
  }
}

int calls = 0;

void run(const aisp::Launch& launch) {
  meet<<<2, 1, 0, corpus::stream_of(launch)>>>(++calls);
  corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
}

}  // namespace

AISP_IMPLEMENTATION(run, "waits for a flag");
