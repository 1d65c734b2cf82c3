// The same with pages of 2 MiB where the kernel gives them: 512 times fewer entries for the TLB. A
// vector that is read from front to back hardly needs them.
#include "arena.h"

AISP_IMPLEMENTATION_CLASS(aisp::ch03::ArenaSteps<aisp::ch03::Pages::huge>,
                          "two buffers from setup, huge pages asked for");
