// Two chains: half of the way.
#include "discount_chains.cuh"

AISP_IMPLEMENTATION(aisp::ch06::run_discount<2>, "two chains of multiply-adds");
