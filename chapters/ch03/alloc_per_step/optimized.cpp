// Two buffers for all steps and all calls, mapped and touched once, in setup.
#include "arena.h"

AISP_IMPLEMENTATION_CLASS(aisp::ch03::ArenaSteps<aisp::ch03::Pages::ordinary>,
                          "two buffers from setup");
