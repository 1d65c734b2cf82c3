// The columns of each row in an order of its own (XOR with the row): no conflict and no padding, for one
// more integer operation a step.
#include "row_average.cuh"

AISP_IMPLEMENTATION(aisp::ch06::run_average_rows<aisp::ch06::SwizzledLayout>,
                    "32 x 32 tiles in shared memory, columns swizzled");
