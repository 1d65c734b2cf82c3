// One pass, 16 bytes a thread: really much faster than two passes.
#include "../device_axpby.cuh"

namespace {

void run(const aisp::Launch& launch) {
  corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
}

}  // namespace

AISP_IMPLEMENTATION(run, "one pass");
