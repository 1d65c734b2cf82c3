// The kernels of chapter 1 for a test that is built without OpenMP, where they run on one thread.
// A system header, because g++ warns about `#pragma omp` then, and that warning cannot be turned off
// from inside a source file. The chapter's own targets compile these headers with all warnings.
#pragma once
#pragma GCC system_header

#include "../../chapters/kernels/bf16_tiles.h"
#include "../../chapters/kernels/reference_gemm.h"
#include "../../chapters/kernels/register_tiles.h"
#include "../../chapters/kernels/row_loops.h"
