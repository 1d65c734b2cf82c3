// Horner's rule as it is written: one chain.
#include "discount_chains.cuh"

AISP_IMPLEMENTATION(aisp::ch06::run_discount<1>, "one chain of multiply-adds");
