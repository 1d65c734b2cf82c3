// 1024 pixels go through all three stages before the next ones come: the 12 KiB of floats between the
// stages never leave the L1. Each thread is a pipeline of its own, and only bytes come from memory and
// planes go there.
#include "pieces.h"

AISP_IMPLEMENTATION_CLASS(aisp::ch05::Pieces<1024>, "1024 pixels through all stages at a time");
