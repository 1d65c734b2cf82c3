// No attack: what the attacks on testbed:axpby compute once they are barred. None of them may be
// faster than this.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }

}  // namespace

AISP_IMPLEMENTATION(run, "one plain pass");
