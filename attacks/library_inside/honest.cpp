// The plain loops.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) { corpus::project(launch, launch.input<float>(1), 256); }

}  // namespace

AISP_IMPLEMENTATION(run, "plain loops");
