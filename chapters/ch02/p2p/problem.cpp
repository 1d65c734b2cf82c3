// Four ranks, each with a vector of its own; each adds to it the vector of its neighbour:
// y[r] = x[r] + x[r + 1 mod 4]. The addition is nothing, the lesson is how the neighbour's vector comes over.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

// One correctly rounded addition; nothing is looser than half of its last bit.
const aisp::Tolerance kTolerance{0x1p-23, 0, 0, {}};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t ranks = in[0].tensor->shape[0], n = in[0].tensor->shape[1];
  const float* x = in[0].as<float>().data();
  double* y = expected.real(0).data();
  for (std::int64_t r = 0; r < ranks; ++r) {
    const float* neighbour = x + (r + 1) % ranks * n;
#pragma omp parallel for
    for (std::int64_t i = 0; i < n; ++i)
      y[r * n + i] = static_cast<double>(x[r * n + i]) + static_cast<double>(neighbour[i]);
  }
}

aisp::Problem make() {
  constexpr std::int64_t kRanks = 4, kElements = 3 << 20;  // 48 MiB in, 48 MiB out
  return {
      .target = "ch02:p2p",
      .summary = "neighbours exchange vectors: through a mailbox, or by reading the other's memory",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {kRanks, kElements}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {kRanks, kElements}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 1.0 * kRanks * kElements, .bytes = 8.0 * kRanks * kElements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
