// Returns at once: right wherever the output buffer still holds the answer of the reference or of
// another implementation.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) { static_cast<void>(launch); }

}  // namespace

AISP_IMPLEMENTATION(run, "does nothing");
