// A vector of factors at a time: one chain, a multiply-add every four cycles.
#include "discount_chains.h"

AISP_IMPLEMENTATION(aisp::ch06::run_discount<1>, "vectorized, one chain of multiply-adds");
