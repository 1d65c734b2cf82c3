// Two vectors of factors at a time.
#include "discount_chains.h"

AISP_IMPLEMENTATION(aisp::ch06::run_discount<2>, "vectorized, two chains of multiply-adds");
