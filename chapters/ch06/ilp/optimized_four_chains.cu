// Four chains: as many as a multiply-add has cycles.
#include "discount_chains.cuh"

AISP_IMPLEMENTATION(aisp::ch06::run_discount<4>, "four chains of multiply-adds");
