// One more float behind each row: the 32 lanes ask 32 banks.
#include "row_average.cuh"

AISP_IMPLEMENTATION(aisp::ch06::run_average_rows<aisp::ch06::PaddedLayout>,
                    "32 x 32 tiles in shared memory, rows of 33 floats");
