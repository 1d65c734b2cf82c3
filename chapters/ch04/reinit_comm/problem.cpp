// 32 steps, each with a small sum over four ranks. The lesson is what it costs to set up the group of
// ranks for each step, as code does that opens its communicator where it needs it.
#include <aisp/aisp.h>

#include "../accumulate.h"
#include "../sum_reference.h"

namespace {

using aisp::ch04::kRanks;

constexpr std::int64_t kSteps = 32, kElements = 16384;  // 64 KiB a rank and step

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  aisp::ch04::sum_over_ranks(kSteps, kRanks, kElements, in[0].as<float>().data(),
                             expected.real(0).data());
}

aisp::Problem make() {
  return {
      .target = "ch04:reinit_comm",
      .summary = "32 small sums over four ranks: a group set up for each, or once",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {kSteps, kRanks, kElements}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {kSteps, kRanks, kElements}},
                   .tolerance = aisp::ch04::kSumTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = (kRanks - 1.0) * kSteps * kElements,
                         .bytes = 8.0 * kSteps * kRanks * kElements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
