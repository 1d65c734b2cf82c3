// y = x w where x is above a limit, and x elsewhere. Half of the elements are, and nobody can tell which
// before x is there. Who asks first saves a multiplication and sometimes a load, and waits for the
// answer; who does not ask does both and throws one away.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

// One correctly rounded product.
const aisp::Tolerance kTolerance{0x1p-23, 0, 0, {}};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const double limit = in.param("limit");
  const float* x = in[0].as<float>().data();
  const float* w = in[1].as<float>().data();
  const auto y = expected.real(0);
  const auto n = static_cast<std::int64_t>(y.size());
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i) {
    const auto value = static_cast<double>(x[i]);
    y[static_cast<std::size_t>(i)] = value > limit ? value * static_cast<double>(w[i]) : value;
  }
}

aisp::Problem make(std::string_view device) {
  // 96 MiB on a CPU (caches are flushed before each window), 768 MiB on a GPU.
  const std::int64_t n = device == "cuda" ? 64 << 20 : 8 << 20;
  const auto input = [n](const char* name) {
    return aisp::Input{.tensor = aisp::Tensor{name, aisp::Dtype::fp32, {n}},
                       .role = aisp::Role::activation,
                       .distribution = aisp::Distribution::uniform(-1, 1)};
  };
  return {
      .target = "ch08:threshold",
      .summary =
          "y = x w above a limit, x elsewhere: asked with a branch, or computed and selected",
      .inputs = {input("x"), input("w")},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {n}}, .tolerance = kTolerance}},
      .params = {{"limit", 0.0}},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work =
          aisp::Work{.flops = 0.5 * static_cast<double>(n), .bytes = 12.0 * static_cast<double>(n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
