// The gradients of 576 tensors, most of them tiny, summed over four ranks. The sums are the same
// whatever is summed together; the lesson is what each collective costs besides its additions.
#include <aisp/aisp.h>

#include "../accumulate.h"
#include "../sum_reference.h"
#include "gradient_sizes.h"

namespace {

using aisp::ch04::kRanks;

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  aisp::ch04::sum_over_ranks(1, kRanks, in[0].tensor->shape[1], in[0].as<float>().data(),
                             expected.real(0).data());
}

aisp::Problem make() {
  const std::int64_t n = aisp::ch04::gradient_elements();
  return {
      .target = "ch04:gradient_fusion",
      .summary = "576 gradients summed over four ranks: one by one, or in buckets",
      .inputs = {{.tensor = aisp::Tensor{"g", aisp::Dtype::fp32, {kRanks, n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"sum", aisp::Dtype::fp32, {kRanks, n}},
                   .tolerance = aisp::ch04::kSumTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = (kRanks - 1.0) * static_cast<double>(n),
                         .bytes = 8.0 * kRanks * static_cast<double>(n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
