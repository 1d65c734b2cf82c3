// Half of an A/A pair: baseline and optimized are the same code.
#include "../blocked_gemm.h"

AISP_IMPLEMENTATION(testbed::blocked_gemm, "blocked, vectorised inner loop");
