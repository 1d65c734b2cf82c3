// y = x after 64 Jacobi steps for Laplace's equation: each inner point becomes the mean of its four neighbours, edges
// stay. Both grids of 8 MiB stay in the L2: what costs is the end of one step and the beginning of the next.
#include <aisp/aisp.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace {

constexpr int kSteps = 64;

// Means of positive numbers: each of 64 steps rounds three times by up to 2^-24, and the mean of four errors is
// smaller than they are. Well inside 1e-5.
const aisp::Tolerance kTolerance{1e-5, 1e-8, 0, {}};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t rows = in[0].tensor->shape[0], columns = in[0].tensor->shape[1];
  const auto x = in[0].as<float>();
  std::vector<double> from(x.begin(), x.end()), to(from);
  for (int step = 0; step < kSteps; ++step) {
#pragma omp parallel for
    for (std::int64_t r = 1; r < rows - 1; ++r)
      for (std::int64_t c = 1; c < columns - 1; ++c) {
        const double* at = from.data() + r * columns + c;
        to[static_cast<std::size_t>(r * columns + c)] =
            0.25 * (at[-columns] + at[columns] + at[-1] + at[1]);
      }
    std::swap(from, to);
  }
  const auto y = expected.real(0);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = from[i];
}

aisp::Problem make() {
  const std::int64_t rows = 1024, columns = 2048;
  const auto points = static_cast<double>(rows * columns);
  return {
      .target = "ch10:cooperative_persistent",
      .summary = "64 Jacobi steps: a launch for each, or one grid that waits for itself",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {rows, columns}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {rows, columns}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      // x once, y once: what goes on between is the L2's.
      .work = aisp::Work{.flops = 4 * points * kSteps, .bytes = 8 * points},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
