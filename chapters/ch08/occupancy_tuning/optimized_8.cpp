// Eight searches at a time.
#include "group_search.h"

AISP_IMPLEMENTATION(aisp::ch08::run_search<8>, "8 searches at a time, without branches");
