// A complete problem, less one part. Compiled once as it is, which must work, and once for each
// OMIT_…, which must not: the compiler insists on what a problem has to say. Never linked.
#include "aisp/aisp.h"

namespace {

const aisp::Input input = {
    .tensor = aisp::Tensor{.name = "x", .shape = {64}},
#ifndef OMIT_ROLE
    .role = aisp::Role::activation,
#endif
#ifndef OMIT_DISTRIBUTION
    .distribution = aisp::Distribution::uniform(-1, 1),
#endif
};

const aisp::Output output = {
    .tensor = aisp::Tensor{.name = "y", .shape = {64}},
#ifndef OMIT_TOLERANCE
    .tolerance = aisp::Tolerance::for_dtype(aisp::Dtype::fp32),
#endif
};

[[maybe_unused]] aisp::Problem make() {
  return {
      .target = "ch00:copy",
      .summary = "copies x to y",
      .inputs = {input},
      .outputs = {output},
#ifndef OMIT_REFERENCE
      .reference = [](const aisp::Inputs&, const aisp::Expected&) {},
#endif
#ifndef OMIT_VALIDATE
      .validate = aisp::no_invariants,
#endif
#ifndef OMIT_WORK
      .work = aisp::Work{.flops = 64, .bytes = 512},
#endif
#ifndef OMIT_GOAL
      .goal = aisp::Goal::speed,
#endif
  };
}

}  // namespace
