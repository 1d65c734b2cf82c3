// The number of taps is a constant, and the loop sixteen multiply-adds whose loads are all asked for at once.
#include "filter_results.cuh"

AISP_IMPLEMENTATION(aisp::ch08::run_filter_results<16>, "sixteen taps unrolled for each result");
