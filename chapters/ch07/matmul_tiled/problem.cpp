// C = A B in fp32: each element is wanted hundreds of times. The lesson is from where it is fetched each
// time: memory or the L1, a tile that the threads of a block share, or a register.
#include <aisp/aisp.h>
#include <kernels/reference_gemm.h>

namespace {

// Measured for K = 1024 and less at ch01; errors of fp32 sums grow with sqrt(K) of the partial sums,
// as the RMS of C does.
const aisp::Tolerance kTolerance{1e-5, 1e-8, 2e-5,
                                 "sums of hundreds to thousands of products in fp32: rounding is "
                                 "relative to the partial sums, not "
                                 "to the result, which may cancel"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  aisp::kernels::reference_gemm(in[0].tensor->shape[0], in[1].tensor->shape[1],
                                in[0].tensor->shape[1], in[0].as<float>().data(),
                                in[1].as<float>().data(), expected.real(0).data());
}

aisp::Problem make(std::string_view device) {
  const bool cuda = device == "cuda";
  const std::int64_t m = cuda ? 2048 : 640, n = cuda ? 3072 : 768, k = cuda ? 2048 : 640;
  const auto input = [](const char* name, std::int64_t rows, std::int64_t columns) {
    return aisp::Input{.tensor = aisp::Tensor{name, aisp::Dtype::fp32, {rows, columns}},
                       .role = aisp::Role::activation,
                       .distribution = aisp::Distribution::normal(0, 1)};
  };
  const auto product = [](std::int64_t a, std::int64_t b) { return static_cast<double>(a * b); };
  return {
      .target = "ch07:matmul_tiled",
      .summary =
          "C = A B in fp32: no tiles, tiles in the cache or shared memory, tiles in registers",
      .inputs = {input("A", m, k), input("B", k, n)},
      .outputs = {{.tensor = aisp::Tensor{"C", aisp::Dtype::fp32, {m, n}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * product(m, n) * static_cast<double>(k),
                         .bytes = 4.0 * (product(m, k) + product(k, n) + product(m, n))},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
