// A whole image at a time: 588 KiB of floats between the stages, which is about an L2. How much smaller a
// piece must be than the cache is what the two rows show.
#include "pieces.h"

AISP_IMPLEMENTATION_CLASS(aisp::ch05::Pieces<0>, "an image through all stages at a time");
