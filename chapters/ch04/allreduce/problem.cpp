// Four ranks, a vector each; in the end each has the sum of all four. The lesson is who adds.
#include <aisp/aisp.h>

#include "../accumulate.h"
#include "../sum_reference.h"

namespace {

using aisp::ch04::kRanks;

constexpr std::int64_t kElements = 2 << 20;  // 32 MiB in, 32 MiB out

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  // As many groups as threads might want: element ranges are independent, rows are not contiguous.
  const float* x = in[0].as<float>().data();
  double* y = expected.real(0).data();
#pragma omp parallel for
  for (std::int64_t i = 0; i < kElements; ++i) {
    double sum = 0;
    for (std::int64_t r = 0; r < kRanks; ++r) sum += x[r * kElements + i];
    for (std::int64_t r = 0; r < kRanks; ++r) y[r * kElements + i] = sum;
  }
}

aisp::Problem make() {
  return {
      .target = "ch04:allreduce",
      .summary = "the sum of four vectors for each of four ranks: one rank adds, or all of them",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {kRanks, kElements}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {kRanks, kElements}},
                   .tolerance = aisp::ch04::kSumTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = (kRanks - 1.0) * kElements, .bytes = 8.0 * kRanks * kElements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
