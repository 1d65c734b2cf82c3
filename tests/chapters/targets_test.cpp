// Every CPU target of the chapters: every implementation computes its problem, and stays inside its buffers. That
// tolerances refuse what is nearly, but not, right, is the audit's question (tests/cli/audit_untimed_test.cpp).
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

using aisp::chapters::Call;
using aisp::chapters::Target;
using aisp::chapters::worst;

struct TargetCase {
  const char* name;
  // The worst error of an honest implementation, in units of what is allowed.
  double honest;
};
void PrintTo(const TargetCase& target, std::ostream* out) { *out << target.name; }

class Chapters : public testing::TestWithParam<TargetCase> {
 protected:
  Target target_{GetParam().name};
  const aisp::Problem& problem_ = target_.problem();
  const aisp::Tolerance& tolerance_ = problem_.outputs[0].tolerance;
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

// fp32 sums in any order stay five times inside; bf16 factors twice; one addition is rounded once.
INSTANTIATE_TEST_SUITE_P(
    Targets, Chapters,
    testing::Values(TargetCase{"ch01/gemm", 0.2}, TargetCase{"ch01/goodput_mlp", 0.2},
                    TargetCase{"ch01/precision", 0.5}, TargetCase{"ch02/p2p", 0.5},
                    TargetCase{"ch03/alloc_per_step", 0.5}, TargetCase{"ch03/numa_affinity", 0.2},
                    TargetCase{"ch03/thread_affinity", 0.5}, TargetCase{"ch04/allreduce", 0.5},
                    TargetCase{"ch04/ddp_overlap", 0.2}, TargetCase{"ch04/gradient_fusion", 0.5},
                    TargetCase{"ch04/reinit_comm", 0.5}, TargetCase{"ch04/tensor_parallel", 0.2},
                    TargetCase{"ch06/add", 0.5}, TargetCase{"ch06/bank_conflicts", 0.4},
                    TargetCase{"ch06/ilp", 0.3}, TargetCase{"ch06/warp_divergence", 0.2},
                    TargetCase{"ch06/launch_bounds", 0.3}, TargetCase{"ch06/autotune", 0.2},
                    TargetCase{"ch07/transpose", 0}, TargetCase{"ch07/copy_coalesced", 0},
                    TargetCase{"ch07/vector_add", 0.51}, TargetCase{"ch07/lookup", 0},
                    TargetCase{"ch07/matmul_tiled", 0.2}, TargetCase{"ch07/tma_2d", 0.5},
                    TargetCase{"ch08/occupancy_tuning", 0}, TargetCase{"ch08/loop_unrolling", 0.3},
                    TargetCase{"ch08/threshold", 0.51}, TargetCase{"ch08/double_buffer", 0.25},
                    TargetCase{"ch08/hbm_layout", 0.5}, TargetCase{"ch09/micro_tiling_matmul", 0.2},
                    TargetCase{"ch09/fused_l2norm", 0.2}, TargetCase{"ch09/elementwise_chain", 0.2},
                    TargetCase{"ch09/gemm_epilogue", 0.2}, TargetCase{"ch09/sdpa", 0.3},
                    TargetCase{"ch10/reduction", 0.3}, TargetCase{"ch12/graph_bandwidth", 0.2}),
    [](const auto& target) {
      std::string name = target.param.name;
      std::replace(name.begin(), name.end(), '/', '_');
      return name;
    });

}  // namespace
