// Sixteen searches at a time: a vector of them, and the next sixteen begin while these wait, because no
// branch can be guessed wrong.
#include "group_search.h"

AISP_IMPLEMENTATION(aisp::ch08::run_search<16>, "16 searches at a time, without branches");
