// Regions of outputs, and inputs that are given to another call. Needs a GPU.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "device/cuda/buffers.h"
#include "device/cuda/gpu.h"

namespace aisp::cuda {
namespace {

Problem sums_of_two() {
  const auto input = [](const char* name, Role role) {
    return Input{.tensor = Tensor{name, Dtype::fp32, {4096}},
                 .role = role,
                 .distribution = Distribution::normal(0, 1)};
  };
  return {.target = "test:sums_of_two",
          .summary = "c = a + b",
          .inputs = {input("a", Role::activation), input("b", Role::weight)},
          .outputs = {{.tensor = Tensor{"c", Dtype::fp32, {4096}},
                       .tolerance = Tolerance::for_dtype(Dtype::fp32)}},
          .params = {},
          .reference = [](const Inputs&, const Expected&) {},
          .validate = no_invariants,
          .work = Work{.flops = 4096, .bytes = 12.0 * 4096},
          .goal = Goal::speed};
}

struct OwnOutputs : testing::Test {
  void SetUp() override {
    auto opened = Gpu::open(0);
    if (!opened) GTEST_SKIP() << "not run: " << opened.error().message();
    auto made = CudaBuffers::create(*opened, problem, make_layout(problem, 1 << 20, 8));
    ASSERT_TRUE(made.ok()) << made.error().message();
    buffers = std::move(*made);
    key.bytes[3] = 7;
  }
  Problem problem = sums_of_two();
  std::unique_ptr<Buffers> buffers;
  Key key;
};

TEST_F(OwnOutputs, NobodySeesWhatIsWrittenInAnothersRegion) {
  constexpr std::uint64_t kOne = 0x1111111111111111, kOther = 0x2222222222222222;
  buffers->poison(key, 1, 4, kOne);
  ASSERT_TRUE(buffers->use_outputs(2).ok());
  const int other_fd = buffers->outputs_fd();
  EXPECT_FALSE(buffers->probe_poison(4, kOne, 5));
  buffers->poison(key, 1, 4, kOther);
  EXPECT_TRUE(buffers->probe_poison(4, kOther, 5));
  buffers->freeze(4);
  const auto theirs = buffers->fingerprints(4, 9);
  ASSERT_TRUE(buffers->use_outputs(0).ok());
  EXPECT_TRUE(buffers->probe_poison(4, kOne, 5));
  buffers->freeze(4);
  EXPECT_NE(buffers->fingerprints(4, 9), theirs);
  if (other_fd >= 0) {
    EXPECT_NE(buffers->outputs_fd(), other_fd);
  }
}

TEST_F(OwnOutputs, SetsOfOneRegionHaveOneFingerprintWhereTheirBytesAreTheSame) {
  buffers->poison(key, 1, 4, 0x3333333333333333);
  buffers->freeze(4);
  const auto prints = buffers->fingerprints(4, 9);
  for (const std::uint64_t print : prints) EXPECT_EQ(print, prints.front());
}

TEST_F(OwnOutputs, ActivationsOfAnotherCallAreCopiedAndWeightsAreNot) {
  buffers->draw_weights(key);
  buffers->draw_inputs(key, 5, 4);
  const auto values = [&](int set, std::size_t input) {
    const auto views = buffers->input_views(key, 5, set);
    const auto span = views[input].as<float>();
    return std::vector<float>(span.begin(), span.end());
  };
  const auto of_2 = values(2, 0), of_1 = values(1, 0), weights = values(1, 1);
  ASSERT_NE(of_1, of_2);
  ASSERT_TRUE(buffers->copy_activations(2, 1));
  EXPECT_EQ(values(1, 0), of_2);
  EXPECT_EQ(values(2, 0), of_2);
  EXPECT_EQ(values(1, 1), weights);
  EXPECT_GT(buffers->count_changed_inputs(key, 5, 1), 0);
  buffers->redraw_inputs(key, 5, 1);
  EXPECT_EQ(values(1, 0), of_1);
  EXPECT_EQ(buffers->count_changed_inputs(key, 5, 1), 0);
}

}  // namespace
}  // namespace aisp::cuda
