// Does nothing, trusted: what a window costs with no work in it. Calibrates the judge's clocks.
#include "aisp/implementation.h"

namespace {
void run(const aisp::Launch&) {}
}  // namespace

AISP_IMPLEMENTATION(run, "does nothing");
