// Non-temporal stores, and b and c asked for 1 KiB ahead. The processor's prefetchers stop at the end of
// a page and have to begin again; whether an instruction in the program helps them is what this row shows.
#include "nontemporal_triad.h"

AISP_IMPLEMENTATION(aisp::ch02::nontemporal_triad<128>,
                    "non-temporal stores, software prefetch 1 KiB ahead");
