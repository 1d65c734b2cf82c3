// The gradients of 128 layers, each rank from its own eight samples: G[l] = sum over ranks of A^T D.
// A layer's gradient can be summed over the ranks when it is there, or when all layers are done.
#include <aisp/aisp.h>
#include <kernels/reference_gemm.h>

#include <vector>

#include "../accumulate.h"

namespace {

using aisp::ch04::kRanks;

constexpr std::int64_t kLayers = 128, kSamples = 8, kIn = 256, kOut = 256;

const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 1e-5,
    "sums of 32 products in fp32: rounding is relative to the size of the products, not to their "
    "sum, which may cancel"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* a = in[0].as<float>().data();
  const float* d = in[1].as<float>().data();
  double* g = expected.real(0).data();
#pragma omp parallel for
  for (std::int64_t l = 0; l < kLayers; ++l) {
    std::vector<double> part(static_cast<std::size_t>(kIn * kOut));
    for (std::int64_t r = 0; r < kRanks; ++r) {
      aisp::kernels::reference_gemm(kIn, kOut, kSamples, a + (l * kRanks + r) * kIn * kSamples,
                                    d + (l * kRanks + r) * kSamples * kOut, part.data());
      for (std::int64_t i = 0; i < kIn * kOut; ++i)
        g[l * kIn * kOut + i] =
            (r == 0 ? 0 : g[l * kIn * kOut + i]) + part[static_cast<std::size_t>(i)];
    }
  }
}

aisp::Input input(const char* name, std::int64_t rows, std::int64_t columns) {
  return {.tensor = aisp::Tensor{name, aisp::Dtype::fp32, {kLayers, kRanks, rows, columns}},
          .role = aisp::Role::activation,
          .distribution = aisp::Distribution::normal(0, 1)};
}

aisp::Problem make() {
  return {
      .target = "ch04:ddp_overlap",
      .summary =
          "gradients of 128 layers over four ranks: summed at the end, or each when it is there",
      // A is stored as the product wants it: [in, samples].
      .inputs = {input("A", kIn, kSamples), input("D", kSamples, kOut)},
      .outputs = {{.tensor = aisp::Tensor{"G", aisp::Dtype::fp32, {kLayers, kIn, kOut}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * kLayers * kRanks * kSamples * kIn * kOut,
                         .bytes = 4.0 * kLayers * (kRanks * kSamples * (kIn + kOut) + kIn * kOut)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
