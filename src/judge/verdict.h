// One rule from findings to verdict: any `fail` of a required guard makes the row incorrect or
// dishonest; any required guard that did not run leaves it unproven, never passed.
#pragma once

#include <string>

#include "judge/result.h"

namespace aisp {

// Sets `correct`, `honest` and `sentence` from findings, speedup, time and comparison. `cut_short`, if
// any, is why guards did not get what they need ("the run was interrupted after 12 rounds"); the
// sentence of a row that is not proven says it in place of what a guard missed.
void decide(ImplementationResult& result, const std::string& cut_short = {});

}  // namespace aisp
