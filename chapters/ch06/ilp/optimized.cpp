// Eight vectors of factors at a time: a latency of four cycles times two multiply-adds a cycle.
#include "discount_chains.h"

AISP_IMPLEMENTATION(aisp::ch06::run_discount<8>, "vectorized, eight chains of multiply-adds");
