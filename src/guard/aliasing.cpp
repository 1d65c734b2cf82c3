// aliasing
//   sees       whether the inputs' memory refuses a writable mapping in the worker; outputs lie in
//              another region, so that no output can share a byte with an input
//   threshold  none: sealed or not
//   source     seals of the memory, as the kernel reports them; where there are none (a GPU's memory),
//              a shared byte that is written is a changed input, and every window's are compared
//   blind to   an implementation that copies inputs for itself, which is its right; and the outputs
//              among themselves, which the judge's layout keeps apart and `bounds` watches
#include "guard/guards.h"

namespace aisp::guard {

Finding aliasing(const Observation& o) {
  Finding f{"aliasing", FindingStatus::not_run, FindingKind::correctness, {}, true};
  if (o.inputs_sealed) {
    f.status = FindingStatus::pass;
    f.message =
        "inputs and outputs are separate regions, and the inputs' cannot be mapped writable";
  } else if (o.inputs_drawn_for_each) {
    f.status = FindingStatus::pass;
    f.message =
        "inputs and outputs are separate allocations, and the inputs are compared after each "
        "window";
  } else {
    f.message = "the inputs are not sealed: an output could be made to share their memory";
  }
  return f;
}

}  // namespace aisp::guard
