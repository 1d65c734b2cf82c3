// The same loop with non-temporal stores: 24 bytes an element in place of 32, so at most 4/3 times
// faster where memory is what both wait for.
#include "nontemporal_triad.h"

AISP_IMPLEMENTATION(aisp::ch02::nontemporal_triad<0>, "parallel loop, non-temporal stores");
