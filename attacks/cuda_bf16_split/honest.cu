// Each factor as the sum of two tf32 numbers, 23 bits, and three products on tensor cores: as precise as fp32.
#include "split.cuh"

AISP_IMPLEMENTATION(corpus::project_split<corpus::InTf32>, "two tf32 for an fp32");
