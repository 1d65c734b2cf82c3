// Half of an A/A pair: baseline and optimized are the same code.
#include "../copy.h"

AISP_IMPLEMENTATION(testbed::copy, "memcpy");
