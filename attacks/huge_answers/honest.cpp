// One plain pass.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }

}  // namespace

AISP_IMPLEMENTATION(run, "one plain pass");
