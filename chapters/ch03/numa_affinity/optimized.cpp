// Copied by the threads that will read: each row lies on the node of its reader.
#include "placed_rows.h"

AISP_IMPLEMENTATION_CLASS(aisp::ch03::PlacedRows<aisp::ch03::FirstTouch::reading_thread>,
                          "weights copied by the threads that read them");
