// Four elements an access.
#include "wide_add.cuh"

AISP_IMPLEMENTATION((aisp::ch07::run_add<uint2, 1>), "four elements an access, 8 bytes");
