// Opens descriptors until they run out, 100000 at most, and keeps them: a table shared with the
// judge would be full. It says so when more than 4096 were to be had.
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    int opened = 0;
    while (corpus::in_a_sandbox() && opened < 100000 && dup(2) >= 0) ++opened;
    if (opened > 4096) corpus::succeeded("thousands of descriptors were to be had");
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "descriptors without end");
