// Every CPU target of the chapters: every implementation computes its problem, stays inside its
// buffers, and every tolerance refuses results that are nearly, but not, right.
#include <aisp/aisp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <string>
#include <vector>

#include "target.h"

namespace {

using aisp::Dtype;
using aisp::chapters::Call;
using aisp::chapters::rms_of;
using aisp::chapters::Target;
using aisp::chapters::worst;

struct TargetCase {
  const char* name;
  // The worst error of an honest implementation and of the rounded truth, in units of what is allowed.
  double honest, rounded;
  // Whether each element of each input shows in the output, whatever the others are.
  bool all_matter = true;
};
void PrintTo(const TargetCase& target, std::ostream* out) { *out << target.name; }

class Chapters : public testing::TestWithParam<TargetCase> {
 protected:
  Target target_{GetParam().name};
  const aisp::Problem& problem_ = target_.problem();
  const aisp::Tolerance& tolerance_ = problem_.outputs[0].tolerance;
  Dtype dtype_ = problem_.outputs[0].tensor->dtype;
};

TEST_P(Chapters, HasBaselineAndOptimized) {
  EXPECT_THAT(target_.implementations(), testing::IsSupersetOf({"baseline", "optimized"}));
}

TEST_P(Chapters, EveryImplementationComputesTheProblem) {
  std::deque<Call> calls;  // the same weights, activations of their own
  std::vector<std::vector<double>> expected;
  for (const std::uint64_t seed : {2, 3, 4}) {
    calls.emplace_back(problem_, 1);
    calls.back().redraw_activations(seed);
    expected.push_back(calls.back().expected());
  }
  for (const std::string& name : target_.implementations()) {
    SCOPED_TRACE(name);
    const aisp_implementation_v1& implementation = target_.implementation(name);
    ASSERT_EQ(implementation.abi_version, AISP_ABI_VERSION);
    void* state = nullptr;
    if (implementation.setup) {
      ASSERT_EQ(implementation.setup(&calls[0].launch(true), &state), 0);
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
      calls[i].poison_output();
      ASSERT_EQ(implementation.run(&calls[i].launch(false), state), 0);
      const double ratio = worst(tolerance_, calls[i].computed(), expected[i]);
      EXPECT_LE(ratio, GetParam().honest);
      RecordProperty(name + "_worst", std::to_string(ratio));
      EXPECT_TRUE(calls[i].guards_intact());
    }
    if (implementation.teardown) implementation.teardown(state);
  }
}

TEST_P(Chapters, ToleranceFailsMutants) {
  Call call(problem_, 5);
  const std::vector<double> want = call.expected();
  const double rms = rms_of(want);
  std::vector<double> right = want;
  for (double& v : right) v = Call::rounded(dtype_, v);
  EXPECT_LE(worst(tolerance_, right, want), GetParam().rounded);

  EXPECT_GT(worst(tolerance_, std::vector<double>(want.size(), 0.0), want), 10) << "zeros";

  std::vector<double> mutant = right;
  std::fill(mutant.end() - std::max<std::ptrdiff_t>(1, std::ssize(mutant) / 64), mutant.end(), 0.0);
  EXPECT_GT(worst(tolerance_, mutant, want), 10) << "last 1/64 missing";

  mutant = right;
  mutant[mutant.size() / 3] += (dtype_ == Dtype::fp32 ? 1e-3 : 0.25) * rms;
  EXPECT_GT(worst(tolerance_, mutant, want), 1) << "one element off";

  mutant = right;
  std::rotate(mutant.begin(), mutant.begin() + 1, mutant.end());
  EXPECT_GT(worst(tolerance_, mutant, want), 10) << "shifted by one";

  if (dtype_ == Dtype::int32) return;  // exact: there is no lower dtype to round to
  for (const Dtype lower : dtype_ == Dtype::fp32
                               ? std::vector{Dtype::tf32, Dtype::fp16, Dtype::bf16}
                               : std::vector{Dtype::fp8_e4m3, Dtype::fp8_e5m2}) {
    SCOPED_TRACE(aisp::dtype_name(lower));
    mutant = want;
    for (double& v : mutant) v = Call::rounded(lower, v);
    const double output_ratio = worst(tolerance_, mutant, want);
    EXPECT_GT(output_ratio, dtype_ == Dtype::fp32 ? 5 : 1.2) << "result in a lower dtype";
    Call low(problem_, 5);
    low.round_inputs_to(lower);
    const double input_ratio = worst(tolerance_, low.expected(), want);
    EXPECT_GT(input_ratio, dtype_ == Dtype::fp32 ? 5 : 1.2) << "inputs in a lower dtype";
    RecordProperty(std::string(aisp::dtype_name(lower)) + "_output", std::to_string(output_ratio));
    RecordProperty(std::string(aisp::dtype_name(lower)) + "_inputs", std::to_string(input_ratio));
  }
}

// What an implementation misses when it does not look at everything.
TEST_P(Chapters, ToleranceFailsWhoLeavesOutOneElementOfAnInput) {
  if (dtype_ != Dtype::fp32)
    GTEST_SKIP() << "one element of a long sum is less than a bf16 rounding";
  if (!GetParam().all_matter) GTEST_SKIP() << "which elements matter depends on others";
  Call call(problem_, 6);
  const std::vector<double> want = call.expected();
  for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
    SCOPED_TRACE(problem_.inputs[i].tensor->name);
    if (problem_.inputs[i].tensor->dtype != Dtype::fp32) continue;
    const std::int64_t last = problem_.inputs[i].tensor->elements() - 1;
    float& element = call.input(i, last);
    const float kept = element;
    element += element < 0 ? 0.5f : -0.5f;
    EXPECT_GT(worst(tolerance_, call.expected(), want), 1);
    element = kept;
  }
}

// fp32 sums in any order stay five times inside; bf16 factors twice; one addition is rounded once.
INSTANTIATE_TEST_SUITE_P(
    Targets, Chapters,
    testing::Values(
        TargetCase{"ch01/gemm", 0.2, 0.5}, TargetCase{"ch01/goodput_mlp", 0.2, 0.5},
        TargetCase{"ch01/precision", 0.5, 0.5}, TargetCase{"ch02/p2p", 0.5, 0.5},
        TargetCase{"ch03/alloc_per_step", 0.5, 0.5}, TargetCase{"ch03/numa_affinity", 0.2, 0.5},
        TargetCase{"ch03/thread_affinity", 0.5, 0.5}, TargetCase{"ch04/allreduce", 0.5, 0.5},
        TargetCase{"ch04/ddp_overlap", 0.2, 0.5}, TargetCase{"ch04/gradient_fusion", 0.5, 0.5},
        TargetCase{"ch04/reinit_comm", 0.5, 0.5}, TargetCase{"ch04/tensor_parallel", 0.2, 0.5},
        TargetCase{"ch06/add", 0.5, 0.5}, TargetCase{"ch06/bank_conflicts", 0.4, 0.5},
        TargetCase{"ch06/ilp", 0.3, 0.5}, TargetCase{"ch06/warp_divergence", 0.2, 0.5},
        TargetCase{"ch06/launch_bounds", 0.3, 0.5}, TargetCase{"ch06/autotune", 0.2, 0.5},
        TargetCase{"ch07/transpose", 0, 0}, TargetCase{"ch07/copy_coalesced", 0, 0},
        TargetCase{"ch07/vector_add", 0.51, 0.51}, TargetCase{"ch07/lookup", 0, 0, false},
        TargetCase{"ch07/matmul_tiled", 0.2, 0.5}, TargetCase{"ch07/tma_2d", 0.5, 0.5},
        TargetCase{"ch08/occupancy_tuning", 0, 0}, TargetCase{"ch08/loop_unrolling", 0.3, 0.5},
        TargetCase{"ch08/threshold", 0.51, 0.51, false},
        TargetCase{"ch08/double_buffer", 0.25, 0.5}, TargetCase{"ch08/hbm_layout", 0.5, 0.5},
        TargetCase{"ch09/micro_tiling_matmul", 0.2, 0.5}, TargetCase{"ch09/fused_l2norm", 0.2, 0.5},
        TargetCase{"ch09/elementwise_chain", 0.2, 0.5}, TargetCase{"ch09/gemm_epilogue", 0.2, 0.5},
        TargetCase{"ch09/sdpa", 0.3, 0.5}, TargetCase{"ch10/reduction", 0.3, 0.5},
        TargetCase{"ch12/graph_bandwidth", 0.2, 0.5}),
    [](const auto& target) {
      std::string name = target.param.name;
      std::replace(name.begin(), name.end(), '/', '_');
      return name;
    });

}  // namespace
