// Half of an A/A pair: baseline and optimized are the same code.
#include "../copy.cuh"

AISP_IMPLEMENTATION(testbed::copy, "a block for each 4 KiB");
