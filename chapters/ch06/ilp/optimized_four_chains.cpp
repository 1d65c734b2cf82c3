// Four vectors of factors at a time.
#include "discount_chains.h"

AISP_IMPLEMENTATION(aisp::ch06::run_discount<4>, "vectorized, four chains of multiply-adds");
