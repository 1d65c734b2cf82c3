// Many small matrix products, C[i] = A[i] B[i]. Each is too small to be worth a parallel region of
// its own; all of them together are worth one.
#include <aisp/aisp.h>

#include <kernels/reference_gemm.h>

namespace {

constexpr std::int64_t kBatch = 2048;
constexpr std::int64_t kM = 32, kN = 32, kK = 32;

// Measured as the worst error of 2,097,152 elements in units of what is allowed, three draws: fp32
// by OpenBLAS, by tiles and by plain loops 0.05 to 0.08; result rounded to tf32 or fp16 36, to bf16
// 286; factors rounded to tf32 or fp16 197, to bf16 1397.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 1e-5,
    "a sum of 32 products in fp32: rounding is relative to the size of the products, not to their "
    "sum, which may cancel"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* a = in[0].as<float>().data();
  const float* b = in[1].as<float>().data();
  double* c = expected.real(0).data();
#pragma omp parallel for
  for (std::int64_t i = 0; i < kBatch; ++i)
    aisp::kernels::reference_gemm(kM, kN, kK, a + i * kM * kK, b + i * kK * kN, c + i * kM * kN);
}

aisp::Problem make() {
  return {
      .target = "ch01:gemm",
      .summary = "2048 products of 32x32 matrices: one call for each, or one call for all",
      .inputs = {{.tensor = aisp::Tensor{"A", aisp::Dtype::fp32, {kBatch, kM, kK}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 {.tensor = aisp::Tensor{"B", aisp::Dtype::fp32, {kBatch, kK, kN}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"C", aisp::Dtype::fp32, {kBatch, kM, kN}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * kBatch * kM * kN * kK,
                         .bytes = 4.0 * kBatch * (kM * kK + kK * kN + kM * kN)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
