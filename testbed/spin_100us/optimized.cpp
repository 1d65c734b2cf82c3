// Half of an A/A pair: baseline and optimized are the same code.
#include "../spin.h"

using Kernel = testbed::Spin<0>;
AISP_IMPLEMENTATION_CLASS(Kernel, "spins for the time that the problem asks for");
