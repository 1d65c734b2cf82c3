// Each factor as the sum of two bf16 numbers, 17 bits instead of 24, and three products on tensor cores: the error is
// near the tolerance in the mean, and beyond it where a sum is small.
#include "split.cuh"

AISP_IMPLEMENTATION(corpus::project_split<corpus::InBf16>, "two bf16 for an fp32");
