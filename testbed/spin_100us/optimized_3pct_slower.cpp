// A difference of known size: 3 % slower than the baseline.
#include "../spin.h"

using Kernel = testbed::Spin<3>;
AISP_IMPLEMENTATION_CLASS(Kernel, "spins 3 % longer than the problem asks for");
