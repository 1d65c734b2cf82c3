// 64 searches at a time: more than the loads that a core can have under way.
#include "group_search.h"

AISP_IMPLEMENTATION(aisp::ch08::run_search<64>, "64 searches at a time, without branches");
