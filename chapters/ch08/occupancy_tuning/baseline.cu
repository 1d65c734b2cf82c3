// Blocks of 128 threads, a usual size: three fit beside their 64 KiB each. 384 of 2048 threads, 19 %.
#include "tree_search.cuh"

AISP_IMPLEMENTATION_CLASS(aisp::ch08::TreeSearch<128>,
                          "blocks of 128 threads: 384 searches on a multiprocessor");
