// Sums of the rows of a matrix: a reduction, whose order of additions is free.
#include "aisp/problem.h"

#include <span>
#include <string_view>

namespace {

// 32 MiB on a GPU: some 13 µs.
constexpr std::int64_t rows_on(std::string_view device) { return device == "cuda" ? 8192 : 512; }
constexpr std::int64_t kColumns = 1024;

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto values = in[0].as<float>();
  const auto out = expected.real(0);
#pragma omp parallel for if (values.size() > (1u << 20))
  for (std::size_t row = 0; row < out.size(); ++row) {
    double sum = 0;
    for (const float v : values.subspan(row * kColumns, kColumns)) sum += v;
    out[row] = sum;
  }
}

aisp::Problem make(std::string_view device) {
  const std::int64_t rows = rows_on(device);
  return {
      .target = "testbed:rowsum",
      .summary =
          device == "cuda"
              ? "row sums of an 8192x1024 fp32 matrix: a warp for each row"
              : "row sums of a 512x1024 fp32 matrix: several accumulators instead of one chain",
      .inputs = {{.tensor = aisp::Tensor{.name = "in", .shape = {rows, kColumns}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = aisp::Tensor{.name = "out", .shape = {rows}},
                   .tolerance = aisp::Tolerance{.rtol = 1e-5,
                                                .atol = 1e-8,
                                                .rms = 1e-5,
                                                .why = "1024 signed terms: a sum near zero keeps "
                                                       "the rounding errors of partial sums of "
                                                       "the size of the RMS, about 32 * 2^-24 of "
                                                       "it for a chain"}}},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = static_cast<double>(rows * kColumns),
                         .bytes = 4.0 * static_cast<double>(rows * (kColumns + 1))},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make);
