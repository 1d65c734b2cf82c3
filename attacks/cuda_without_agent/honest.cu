// The same work, asked for as everybody does.
#include "../device_axpby.cuh"

namespace {

void run(const aisp::Launch& launch) {
  corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
}

}  // namespace

AISP_IMPLEMENTATION(run, "one pass");
