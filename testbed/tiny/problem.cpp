// Sixteen numbers: a call that costs less than reading a clock.
#include "aisp/problem.h"

namespace {

constexpr std::int64_t kElements = 16;

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto x = in[0].as<float>();
  const auto out = expected.real(0);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = 2.0 * static_cast<double>(x[i]);
}

aisp::Problem make() {
  return {
      .target = "testbed:tiny",
      .summary = "doubles 16 numbers: what a judge's clock cannot resolve",
      .inputs = {{.tensor = aisp::Tensor{.name = "x", .shape = {kElements}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = aisp::Tensor{.name = "out", .shape = {kElements}},
                   .tolerance = aisp::Tolerance::for_dtype(aisp::Dtype::fp32)}},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = kElements, .bytes = 8.0 * kElements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make);
