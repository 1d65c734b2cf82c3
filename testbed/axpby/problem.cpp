// out = a * x + b * y: the small streaming problem that most attacks aim at.
#include <string_view>

#include "aisp/problem.h"

namespace {

// On a GPU a call is 48 MiB of traffic, some 20 µs: longer than a launch takes on the host, so that the
// judge's clock can hold it to what it claims.
constexpr std::int64_t elements_on(std::string_view device) {
  return device == "cuda" ? 4 * 1024 * 1024 : 64 * 1024;
}

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto x = in[0].as<float>();
  const auto y = in[1].as<float>();
  // Parameters reach an implementation as double; every one of them narrows to float first.
  const double a = static_cast<float>(in.param("a"));
  const double b = static_cast<float>(in.param("b"));
  const auto out = expected.real(0);
  // On a GPU it would take most of a round's time otherwise; few elements are no work for a team.
#pragma omp parallel for if (out.size() > (1u << 20))
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = a * static_cast<double>(x[i]) + b * static_cast<double>(y[i]);
}

aisp::Problem make(std::string_view device) {
  const std::int64_t elements = elements_on(device);
  return {
      .target = "testbed:axpby",
      .summary = device == "cuda" ? "out = a*x + b*y, fp32, 4Mi elements: one pass instead of two"
                                  : "out = a*x + b*y, fp32, 64Ki elements: one pass instead of two",
      .inputs = {{.tensor = aisp::Tensor{.name = "x", .shape = {elements}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-1, 1)},
                 {.tensor = aisp::Tensor{.name = "y", .shape = {elements}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = aisp::Tensor{.name = "out", .shape = {elements}},
                   .tolerance =
                       aisp::Tolerance{.rtol = 1e-5,
                                       .atol = 1e-8,
                                       .rms = 1e-6,
                                       .why = "a*x and b*y may cancel; one rounding of a "
                                              "term is 6e-8 of the term, not of the sum"}}},
      .params = {{"a", 1.7}, {"b", -0.6}},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 3.0 * static_cast<double>(elements),
                         .bytes = 12.0 * static_cast<double>(elements)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make);
