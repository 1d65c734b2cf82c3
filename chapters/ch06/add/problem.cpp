// c = a + b over vectors that no cache holds: one addition for twelve bytes, so that nothing but
// the way the bytes travel can matter.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

// One correctly rounded addition; nothing is looser than half of its last bit.
const aisp::Tolerance kTolerance{0x1p-23, 0, 0, {}};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* a = in[0].as<float>().data();
  const float* b = in[1].as<float>().data();
  const auto c = expected.real(0);
  const auto n = static_cast<std::int64_t>(c.size());
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i)
    c[static_cast<std::size_t>(i)] = static_cast<double>(a[i]) + static_cast<double>(b[i]);
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
      .target = "ch06:add",
      .summary = "c = a + b: what a memory-bound kernel can lose besides time for its bytes",
      .inputs = {input("a"), input("b")},
      .outputs = {{.tensor = aisp::Tensor{"c", aisp::Dtype::fp32, {n}}, .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work =
          aisp::Work{.flops = 1.0 * static_cast<double>(n), .bytes = 12.0 * static_cast<double>(n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
