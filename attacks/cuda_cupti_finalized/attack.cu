// Calls cuptiFinalize after some calls, so that there is nobody left to record anything.
#include "../device_axpby.cuh"
#include "../libraries.h"
#include "../outcome.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  if (++calls == 40) {
    const auto finalize = reinterpret_cast<int (*)()>(corpus::cupti_function("cuptiFinalize"));
    if (finalize == nullptr)
      corpus::not_tried("there is no CUPTI in this process");
    else
      finalize();
  }
  corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
}

}  // namespace

AISP_IMPLEMENTATION(run, "no CUPTI");
