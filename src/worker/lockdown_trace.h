// For debugging a filter: names each call that it refuses.
#pragma once

#include "base/result.h"

namespace aisp {

// From now on SIGSYS, which a filter's trap sends instead of making a call, writes the call's number
// and arguments to stderr and lets the call fail with EPERM. A call is named eight times at most.
Status catch_refused_calls();

}  // namespace aisp
