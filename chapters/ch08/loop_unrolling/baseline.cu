// The number of taps comes from the shape: a loop of unknown length, which the compiler unrolls by four for
// luck, with a rest, counters and addresses. Sixteen loads for each result, from the L1 and the L2.
#include "filter_results.cuh"

AISP_IMPLEMENTATION(aisp::ch08::run_filter_results<0>, "a loop over the taps for each result");
