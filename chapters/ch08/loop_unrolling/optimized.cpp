// All sixteen taps unrolled: a sum stays in its register until it is finished.
#include "filter_strip.h"

AISP_IMPLEMENTATION(aisp::ch08::run_filter<16>, "sixteen taps at a time");
