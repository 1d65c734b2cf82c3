// c = a + b in bf16, six bytes for an addition: so little for each element that a processor which takes
// elements one at a time cannot ask for them fast enough. The lesson is how many one instruction takes.
// (ch06:add has the same in fp32, and which bytes travel.)
#include <aisp/aisp.h>

#include <cstdint>

namespace {

// a + b rounded once is off by at most half a unit in the last place, 2^-8 of the result; twice that is
// what the dtype is allowed by default.
const aisp::Tolerance kTolerance = aisp::Tolerance::for_dtype(aisp::Dtype::bf16);

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto c = expected.real(0);
  const std::uint16_t* a = in[0].as<std::uint16_t>().data();
  const std::uint16_t* b = in[1].as<std::uint16_t>().data();
  const auto n = static_cast<std::int64_t>(c.size());
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i)
    c[static_cast<std::size_t>(i)] = static_cast<double>(aisp::bf16_to_float(a[i])) +
                                     static_cast<double>(aisp::bf16_to_float(b[i]));
}

aisp::Problem make(std::string_view device) {
  // 96 MiB on a CPU (caches are flushed before each window), 768 MiB on a GPU.
  const std::int64_t n = device == "cuda" ? 128 << 20 : 16 << 20;
  const auto input = [n](const char* name) {
    return aisp::Input{.tensor = aisp::Tensor{name, aisp::Dtype::bf16, {n}},
                       .role = aisp::Role::activation,
                       .distribution = aisp::Distribution::uniform(-1, 1)};
  };
  return {
      .target = "ch07:vector_add",
      .summary = "c = a + b in bf16: elements one at a time, or as many as a register holds",
      .inputs = {input("a"), input("b")},
      .outputs = {{.tensor = aisp::Tensor{"c", aisp::Dtype::bf16, {n}}, .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work =
          aisp::Work{.flops = 1.0 * static_cast<double>(n), .bytes = 6.0 * static_cast<double>(n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
