// y = y * y + 1, in place: the in-out role.
#include "aisp/problem.h"

namespace {

constexpr std::int64_t kElements = 32 * 1024;

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto y = in[0].as<float>();
  const auto out = expected.real(0);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<double>(y[i]) * static_cast<double>(y[i]) + 1;
}

aisp::Problem make() {
  return {
      .target = "testbed:inplace",
      .summary = "y = y*y + 1 in place, fp32, 32Ki elements",
      .inputs = {{.tensor = aisp::Tensor{.name = "y", .shape = {kElements}},
                  .role = aisp::Role::in_out,
                  .distribution = aisp::Distribution::uniform(-2, 2)}},
      .outputs = {{.tensor = aisp::Tensor{.name = "y", .shape = {kElements}},
                   .tolerance = aisp::Tolerance::for_dtype(aisp::Dtype::fp32)}},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * kElements, .bytes = 8.0 * kElements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make);
