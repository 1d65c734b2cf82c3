// aliasing
//   sees       whether the inputs' memory refuses a writable mapping in the worker; outputs lie in
//              another region, so that no output can share a byte with an input
//   threshold  none: sealed or not
//   source     seals of the memory, as the kernel reports them
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
  } else {
    f.message = "the inputs are not sealed: an output could be made to share their memory";
  }
  return f;
}

}  // namespace aisp::guard
