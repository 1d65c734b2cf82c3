// A thread of its own launches on launch.stream while run() waits for it.
#include <thread>

#include "../device_axpby.cuh"

namespace {

void run(const aisp::Launch& launch) {
  std::thread([&] { corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch)); }).join();
}

}  // namespace

AISP_IMPLEMENTATION(run, "launched by a thread");
