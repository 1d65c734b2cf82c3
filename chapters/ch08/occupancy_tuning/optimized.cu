// Blocks of 1024 threads, two of them: all 2048 threads that there are, and 64 KiB less of shared memory.
#include "tree_search.cuh"

AISP_IMPLEMENTATION_CLASS(aisp::ch08::TreeSearch<1024>,
                          "blocks of 1024 threads: 2048 searches on a multiprocessor");
