// a = b + q c in double precision, the triad of STREAM (J. McCalpin, 1995): two operations for 24
// bytes, so that nothing but the way the bytes travel can matter.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

// One multiplication and one addition, fused or not: an error of at most two last bits of the larger
// operand, which the sum may cancel.
const aisp::Tolerance kTolerance{1e-14, 1e-15, 0, {}};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const double* b = in[0].as<double>().data();
  const double* c = in[1].as<double>().data();
  const double q = in.param("q");
  const auto a = expected.real(0);
  const auto n = static_cast<std::int64_t>(a.size());
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i) a[static_cast<std::size_t>(i)] = b[i] + q * c[i];
}

aisp::Problem make() {
  constexpr std::int64_t kElements = 6 << 20;  // 144 MiB; caches are flushed before each window
  const auto input = [](const char* name) {
    return aisp::Input{.tensor = aisp::Tensor{name, aisp::Dtype::fp64, {kElements}},
                       .role = aisp::Role::activation,
                       .distribution = aisp::Distribution::uniform(-1, 1)};
  };
  return {
      .target = "ch02:stream_triad",
      .summary =
          "a = b + q c: the bandwidth of the memory, with and without reading what is overwritten",
      .inputs = {input("b"), input("c")},
      .outputs = {{.tensor = aisp::Tensor{"a", aisp::Dtype::fp64, {kElements}},
                   .tolerance = kTolerance}},
      .params = {{"q", 3}},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * kElements, .bytes = 24.0 * kElements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
