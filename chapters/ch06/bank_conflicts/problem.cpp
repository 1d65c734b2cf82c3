// y[r, j] = decay * y[r, j - 1] + x[r, j]: an exponential average along each row. A row is one chain, so
// that rows are what can run side by side, and whoever walks down 32 rows at once asks for 32 words
// that are a whole row apart. The lesson is what the memory in between makes of that stride.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

constexpr double kDecay = 0.875;  // exact in fp32

// A step rounds twice, and what it leaves decays as the values do: 2^-24 times a few of the RMS.
const aisp::Tolerance kTolerance{1e-5, 1e-8, 2e-6,
                                 "averages of values that cancel: rounding is relative to the "
                                 "terms, not to the result"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t rows = in[0].tensor->shape[0], length = in[0].tensor->shape[1];
  const double decay = in.param("decay");
  const float* x = in[0].as<float>().data();
  double* y = expected.real(0).data();
#pragma omp parallel for
  for (std::int64_t r = 0; r < rows; ++r) {
    double state = 0;
    for (std::int64_t j = 0; j < length; ++j) {
      state = decay * state + static_cast<double>(x[r * length + j]);
      y[r * length + j] = state;
    }
  }
}

aisp::Problem make(std::string_view device) {
  // 64 MiB in and out together on a CPU, 512 MiB on a GPU. Rows are a power of two long on both: 2 KiB
  // and 16 KiB apart.
  const bool cuda = device == "cuda";
  const std::int64_t rows = cuda ? 131072 : 2048, length = cuda ? 512 : 4096;
  const auto elements = static_cast<double>(rows * length);
  return {
      .target = "ch06:bank_conflicts",
      .summary =
          "an exponential average along each row: rows side by side, and a stride between them",
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {rows, length}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {rows, length}},
                   .tolerance = kTolerance}},
      .params = {{"decay", kDecay}},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2 * elements, .bytes = 8 * elements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
