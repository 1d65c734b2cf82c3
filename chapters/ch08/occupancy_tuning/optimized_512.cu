// Blocks of 512 threads, three of them: 75 %.
#include "tree_search.cuh"

AISP_IMPLEMENTATION_CLASS(aisp::ch08::TreeSearch<512>,
                          "blocks of 512 threads: 1536 searches on a multiprocessor");
