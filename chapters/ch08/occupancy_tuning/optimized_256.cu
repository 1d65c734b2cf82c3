// Blocks of 256 threads, three of them: 38 %.
#include "tree_search.cuh"

AISP_IMPLEMENTATION_CLASS(aisp::ch08::TreeSearch<256>,
                          "blocks of 256 threads: 768 searches on a multiprocessor");
