// Four layers are summed up together with the work on the next four. With links this hides the transfer; in
// shared memory, where the ranks' own cores do the summing, it keeps the gradients in the caches: eight
// layers' buffers (8 MiB) in place of 128. Four at a time, because the ranks wait for each other after each phase.
#include "overlapped.h"

AISP_IMPLEMENTATION_CLASS(aisp::ch04::Overlapped<4>,
                          "four layers are summed while the next are computed");
