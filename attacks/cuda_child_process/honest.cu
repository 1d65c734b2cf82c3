// A thread of its own, in the same process and context, makes a stream and ends.
#include <thread>

#include "../device_axpby.cuh"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
  if (calls++ > 0) return;
  std::thread([] { const corpus::Stream unused; }).join();
}

}  // namespace

AISP_IMPLEMENTATION(run, "a thread");
