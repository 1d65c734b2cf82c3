// Weights in 24 bits of fixed point, as good as fp32 in a row: that much less to read is an engineer's good right.
#include "../packed_weights.h"

AISP_IMPLEMENTATION_CLASS(corpus::PackedWeights<8>, "weights in fixed point, 24 bits");
