// inputs
//   sees       input bytes drawn a second time after the call and compared with what is there now
//   threshold  none: one changed byte is enough
//   source     the contract: inputs are read-only (in-out tensors are outputs, not inputs)
//   blind to   a change that was undone before the window ended; where the memory is sealed there is
//              no way to change it. Where it is not (a GPU's), each implementation gets inputs drawn
//              for its own window, so that it can only disturb itself; without that the guard does
//              not say `pass`
#include <fmt/format.h>

#include "guard/guards.h"
#include "guard/wording.h"

namespace aisp::guard {

Finding inputs(const Observation& o) {
  Finding f{"inputs", FindingStatus::not_run, FindingKind::correctness, {}, true};
  if (!o.read_only_inputs) {
    f.status = FindingStatus::pass;
    f.message = "every input is in-out: there is none that must stay";
  } else if (o.inputs_changed > 0) {
    f.status = FindingStatus::fail;
    f.message = fmt::format("{} of {} input bytes that were drawn again are not what was drawn",
                            grouped(o.inputs_changed), grouped(o.inputs_checked));
  } else if (!o.inputs_sealed && !o.inputs_drawn_for_each) {
    f.message = "the inputs are not sealed: they could be changed and put back";
  } else if (o.inputs_checked == 0) {
    f.message = "no input was drawn again to compare";
  } else {
    f.status = FindingStatus::pass;
    f.message =
        fmt::format("{} input bytes are as drawn, and {}", grouped(o.inputs_checked),
                    o.inputs_sealed ? "sealed against writing" : "drawn anew for everybody's turn");
  }
  return f;
}

}  // namespace aisp::guard
