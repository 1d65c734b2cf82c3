// Copied by one thread in setup: all of it lies on that thread's node, and the threads of the other
// nodes share its memory controllers and the link between the sockets.
#include "placed_rows.h"

AISP_IMPLEMENTATION_CLASS(aisp::ch03::PlacedRows<aisp::ch03::FirstTouch::one_thread>,
                          "weights copied by one thread");
