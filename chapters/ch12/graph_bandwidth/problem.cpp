// A long chain of small steps. Step s rotates all pairs (x[j], x[j ^ m]), m = 2^(s mod log2 n), by an
// angle of its own: with t = tangents[s] (the tangent of half the angle),
//
//   c = (1 - t^2) / (1 + t^2),  d = 2 t / (1 + t^2)
//   x'[j] = c x[j] - d x[j ^ m],  x'[j ^ m] = d x[j] + c x[j ^ m]      (bit m of j is clear)
//
// Rotations keep the norm, so that neither values nor errors grow; and after log2 n of them every
// element depends on every other, so that steps must wait for each other. A step moves a few hundred
// KiB between caches and registers: starting it costs more than doing it.
#include <aisp/aisp.h>

#include <cstdint>
#include <vector>

namespace {

// Measured as the worst error of 16,384 elements in units of what is allowed, three draws: steps in fp32
// 0.12 to 0.14, in any order of threads. A step left out, or started too early, is off by the size of
// the values.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 2e-5,
    "hundreds of rotations in fp32: errors are relative to the size of a pair, not of an element"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto x = in[0].as<float>();
  const auto tangents = in[1].as<float>();
  const auto y = expected.real(0);
  for (std::size_t j = 0; j < x.size(); ++j) y[j] = x[j];
  std::size_t mask = 1;
  for (const float tangent : tangents) {
    const double t = tangent;
    const double c = (1 - t * t) / (1 + t * t), d = 2 * t / (1 + t * t);
    for (std::size_t block = 0; block < y.size(); block += 2 * mask)
      for (std::size_t j = block; j < block + mask; ++j) {
        const double a = y[j], b = y[j + mask];
        y[j] = c * a - d * b;
        y[j + mask] = d * a + c * b;
      }
    mask = 2 * mask == y.size() ? 1 : 2 * mask;
  }
}

aisp::Problem make(std::string_view device) {
  const std::int64_t log_n = device == "cuda" ? 15 : 14;
  const std::int64_t n = std::int64_t{1} << log_n;
  const std::int64_t steps = 32 * log_n;
  return {
      .target = "ch12:graph_bandwidth",
      .summary = "hundreds of small dependent steps: started one by one, or as one prepared graph",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 {.tensor = aisp::Tensor{"tangents", aisp::Dtype::fp32, {steps}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {n}}, .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      // Six operations a pair. Bytes: in and out once; what happens between stays in caches. Rotations of different bits commute,
      // so that whoever adds up the angles of each bit needs one for each.
      .work = aisp::Work{.flops = 3.0 * static_cast<double>(n * steps),
                         .bytes = 4.0 * static_cast<double>(2 * n + steps),
                         .least_flops = 3.0 * static_cast<double>(n * log_n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
