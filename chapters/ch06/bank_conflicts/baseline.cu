// Rows of 32 floats in shared memory: each step of the walk is a conflict of 32 lanes for one bank.
#include "row_average.cuh"

AISP_IMPLEMENTATION(aisp::ch06::run_average_rows<aisp::ch06::PlainLayout>,
                    "32 x 32 tiles in shared memory, rows of 32 floats");
