// Each layer as soon as its gradients are there: the smallest buffers (2 MiB), and the ranks wait for each
// other 129 times. What one rank has just written is still in its own cache then, and has to come over
// from there, which can take longer than from memory.
#include "overlapped.h"

AISP_IMPLEMENTATION_CLASS(aisp::ch04::Overlapped<1>,
                          "each layer is summed while the next is computed");
