// Eight chains: more than the latency asks for (4), so that there is something for the cycles in which
// one of them waits for shared memory.
#include "discount_chains.cuh"

AISP_IMPLEMENTATION(aisp::ch06::run_discount<8>, "eight chains of multiply-adds");
