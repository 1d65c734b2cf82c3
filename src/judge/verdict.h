// One rule from findings to verdict: any `fail` of a required guard makes the row incorrect or
// dishonest; any required guard that did not run leaves it unproven, never passed.
#pragma once

#include "judge/result.h"

namespace aisp {

// Sets `correct`, `honest` and `sentence` from findings, speedup, time and comparison.
void decide(ImplementationResult& result);

}  // namespace aisp
