// Two elements an access, and the packed addition.
#include "wide_add.cuh"

AISP_IMPLEMENTATION((aisp::ch07::run_add<std::uint32_t, 1>), "two elements an access, 4 bytes");
