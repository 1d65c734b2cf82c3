#include "judge/jitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace aisp {
namespace {

constexpr std::int64_t kElements = 1000;
constexpr int kDrawnSets = 3;

Input input(const char* name, Dtype dtype, Role role, Distribution distribution) {
  return {.tensor = Tensor{.name = name, .dtype = dtype, .shape = {kElements}},
          .role = role,
          .distribution = std::move(distribution)};
}

Problem many_inputs() {
  const auto by_hand = Distribution::custom([](RandomSource& random, void* data, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
      static_cast<float*>(data)[i] = static_cast<float>(random.uniform());
  });
  return {.target = "ch01:many",
          .summary = "all kinds of inputs",
          .inputs = {input("x", Dtype::fp32, Role::activation, Distribution::uniform(-1, 1)),
                     input("h", Dtype::bf16, Role::activation, Distribution::normal(0, 1)),
                     input("p", Dtype::int32, Role::activation, Distribution::permutation()),
                     input("c", Dtype::fp32, Role::activation, by_hand),
                     input("w", Dtype::fp32, Role::weight, Distribution::uniform(-1, 1)),
                     input("y", Dtype::fp32, Role::in_out, Distribution::uniform(-1, 1))},
          .outputs = {{.tensor = Tensor{.name = "y", .shape = {kElements}},
                       .tolerance = Tolerance::for_dtype(Dtype::fp32)}},
          .reference = [](const Inputs&, const Expected&) {},
          .validate = no_invariants,
          .work = Work{.flops = 1, .bytes = 1},
          .goal = Goal::speed};
}

class JitterTest : public ::testing::Test {
 protected:
  std::vector<std::byte> bytes(std::size_t i, int set) {
    const TensorPlace& place = buffers_->layout().inputs[i];
    const std::byte* from =
        (place.in_outputs_region ? buffers_->outputs_data() : buffers_->inputs_data()) +
        place.offset + place.set_stride * static_cast<std::uint64_t>(set);
    return {from, from + place.bytes};
  }
  std::size_t changed(std::size_t i, int set, const std::vector<std::byte>& before) {
    const std::size_t width = dtype_bytes(problem_.inputs[i].tensor->dtype);
    const auto after = bytes(i, set);
    std::size_t count = 0;
    for (std::size_t e = 0; e < before.size() / width; ++e)
      count += std::memcmp(&before[e * width], &after[e * width], width) != 0;
    return count;
  }

  Problem problem_ = many_inputs();
  std::unique_ptr<Device> device_ = make_cpu_device();
  std::unique_ptr<Buffers> buffers_ =
      std::move(*device_->allocate(problem_, make_layout(problem_, 1 << 22, kDrawnSets)));
  Key key_{};
  ChaChaSource random_{key_, 99};
};

TEST_F(JitterTest, AFewElementsOfEachActivationChangeAndNothingElse) {
  buffers_->draw_weights(key_);
  std::size_t ones = 0, runs = 0;
  for (std::uint64_t draw = 0; draw < 40; draw += 2) {
    buffers_->draw_inputs(key_, draw, kDrawnSets);
    std::vector<std::vector<std::vector<std::byte>>> before(kDrawnSets);
    for (int set = 0; set < kDrawnSets; ++set)
      for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
        before[static_cast<std::size_t>(set)].push_back(bytes(i, set));
    ASSERT_TRUE(jitter_inputs(problem_, *buffers_, key_, draw + 1, kDrawnSets, random_));
    for (int set = 0; set < kDrawnSets; ++set) {
      const auto& was = before[static_cast<std::size_t>(set)];
      for (const std::size_t i : {0u, 1u}) {
        const std::size_t count = changed(i, set, was[i]);
        EXPECT_LE(count, 64u);
        ones += count == 1;
        runs += count > 32;
      }
      EXPECT_LE(changed(2, set, was[2]), 2u);
      auto permutation = bytes(2, set);
      std::vector<std::int32_t> values(kElements);
      std::memcpy(values.data(), permutation.data(), permutation.size());
      std::sort(values.begin(), values.end());
      for (std::int32_t v = 0; v < kElements; ++v)
        ASSERT_EQ(values[static_cast<std::size_t>(v)], v);
      for (const std::size_t i : {3u, 4u, 5u}) EXPECT_EQ(changed(i, set, was[i]), 0u) << i;
    }
  }
  EXPECT_GT(ones, 20u);
  EXPECT_GT(runs, 20u);
}

}  // namespace
}  // namespace aisp
