// A filter of sixteen taps down the columns: y[r, c] = sum over t of w[t] x[r + 15 - t, c]. A short loop in
// the middle of everything: what it costs besides its products, and what becomes of values that the next
// turn wants again, depends on whether the compiler knows how often it runs.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

constexpr std::int64_t kTaps = 16;

const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 2e-6,
    "sums of sixteen products that cancel: rounding is relative to the "
    "products, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t rows = in[0].tensor->shape[0] - kTaps + 1, columns = in[0].tensor->shape[1];
  const float* x = in[0].as<float>().data();
  const float* w = in[1].as<float>().data();
  double* y = expected.real(0).data();
#pragma omp parallel for
  for (std::int64_t r = 0; r < rows; ++r) {
    double* sums = y + r * columns;
    for (std::int64_t c = 0; c < columns; ++c) sums[c] = 0;
    for (std::int64_t t = 0; t < kTaps; ++t)
      for (std::int64_t c = 0; c < columns; ++c)
        sums[c] +=
            static_cast<double>(w[t]) * static_cast<double>(x[(r + kTaps - 1 - t) * columns + c]);
  }
}

aisp::Problem make(std::string_view device) {
  // 64 MiB in and out together on a CPU, with rows no multiple of 4 KiB apart; 512 MiB on a GPU.
  const bool cuda = device == "cuda";
  const std::int64_t rows = cuda ? 8192 : 1920, columns = cuda ? 8192 : 4352;
  const auto results = static_cast<double>(rows * columns);
  return {
      .target = "ch08:loop_unrolling",
      .summary = "sixteen taps down the columns: a loop of unknown length, or sixteen lines",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {rows + kTaps - 1, columns}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 {.tensor = aisp::Tensor{"w", aisp::Dtype::fp32, {kTaps}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {rows, columns}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * kTaps * results, .bytes = 8 * results},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
