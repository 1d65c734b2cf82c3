// A tap at a time over a strip of the row, vectorized: each product loads its sum and stores it again.
#include "filter_strip.h"

AISP_IMPLEMENTATION(aisp::ch08::run_filter<1>, "a tap at a time");
