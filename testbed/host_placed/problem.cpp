// Tensors of both placements, inputs and outputs: what a GPU's judge has to lend, freeze and compare of the
// host's memory. On a CPU the placement says nothing.
#include "aisp/problem.h"

namespace {

constexpr std::int64_t kElements = 1 << 20;

aisp::Tensor vector(const char* name, aisp::Placement placement) {
  return {.name = name, .shape = {kElements}, .placement = placement};
}

aisp::Problem make() {
  using aisp::Placement;
  const auto input = [](const char* name, Placement placement) {
    return aisp::Input{.tensor = vector(name, placement),
                       .role = aisp::Role::activation,
                       .distribution = aisp::Distribution::uniform(-1, 1)};
  };
  const auto output = [](const char* name, Placement placement) {
    return aisp::Output{.tensor = vector(name, placement),
                        .tolerance = aisp::Tolerance::for_dtype(aisp::Dtype::fp32)};
  };
  return {
      .target = "testbed:host_placed",
      .summary = "sum = x + w and product = x w; x and sum are in the host's memory",
      .inputs = {input("x", Placement::host), input("w", Placement::device)},
      .outputs = {output("sum", Placement::host), output("product", Placement::device)},
      .reference =
          [](const aisp::Inputs& in, const aisp::Expected& expected) {
            const auto x = in[0].as<float>();
            const auto w = in[1].as<float>();
            for (std::size_t i = 0; i < x.size(); ++i) {
              expected.real(0)[i] = static_cast<double>(x[i]) + static_cast<double>(w[i]);
              expected.real(1)[i] = static_cast<double>(x[i]) * static_cast<double>(w[i]);
            }
          },
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * kElements, .bytes = 16.0 * kElements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make);
