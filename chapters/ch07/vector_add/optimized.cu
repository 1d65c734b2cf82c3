// Eight elements an access: 512 bytes for a warp's load, two of each input under way for each thread.
#include "wide_add.cuh"

AISP_IMPLEMENTATION((aisp::ch07::run_add<uint4, 2>), "eight elements an access, 16 bytes");
