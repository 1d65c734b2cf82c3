// Four taps at a time: a load and a store of the sum for four products.
#include "filter_strip.h"

AISP_IMPLEMENTATION(aisp::ch08::run_filter<4>, "four taps at a time");
