#include "device/device.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "aisp/problem.h"

namespace aisp {
namespace {

constexpr std::uint64_t kPlantedWord = 0x8877665544332211ull;
constexpr int kSets = 16;

Problem two_outputs() {
  const auto nothing = [](const Inputs&, const Expected&) {};
  const Tolerance tolerance = Tolerance::for_dtype(Dtype::fp32);
  return {
      .target = "test:two_outputs",
      .summary = "nothing is computed",
      .inputs = {{.tensor = Tensor{.name = "x", .shape = {1000}},
                  .role = Role::activation,
                  .distribution = Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = Tensor{.name = "first", .shape = {1000}}, .tolerance = tolerance},
                  {.tensor = Tensor{.name = "second", .shape = {1000}}, .tolerance = tolerance}},
      .reference = nothing,
      .validate = no_invariants,
      .work = Work{.flops = 1, .bytes = 1},
      .goal = Goal::speed};
}

class StrayWriteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto buffers = make_cpu_device()->allocate(problem_, make_layout(problem_, 1ull << 30, kSets));
    ASSERT_TRUE(buffers) << buffers.error().message();
    buffers_ = std::move(*buffers);
    ASSERT_EQ(buffers_->layout().sets, kSets);
  }

  std::byte* output(int set, std::size_t o) {
    const Layout& layout = buffers_->layout();
    return buffers_->outputs_data() + layout.outputs_set_stride * static_cast<std::uint64_t>(set) +
           layout.outputs[o].offset;
  }

  const Problem problem_ = two_outputs();
  std::unique_ptr<Buffers> buffers_;
};

TEST_F(StrayWriteTest, WritesIntoPlannedSetsAreNoneOfItsBusiness) {
  buffers_->prepare_unused(2, 4, kPlantedWord);
  for (int set : {0, 1}) output(set, 0)[5] ^= std::byte{1};
  EXPECT_FALSE(buffers_->find_stray_write(2, 4, kPlantedWord));
}

TEST_F(StrayWriteTest, NamesOneByteInAnUnplannedSet) {
  buffers_->prepare_unused(2, 4, kPlantedWord);
  output(3, 1)[7] ^= std::byte{1};
  const auto found = buffers_->find_stray_write(2, 4, kPlantedWord);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->set, 3);
  EXPECT_EQ(found->damage.output, 1u);
  EXPECT_EQ(found->damage.offset_bytes, 7);
  buffers_->prepare_unused(2, 4, kPlantedWord);
  EXPECT_FALSE(buffers_->find_stray_write(2, 4, kPlantedWord));
}

TEST_F(StrayWriteTest, NamesOneByteInASetThatNobodyWasAskedToTouchAndCleansIt) {
  buffers_->prepare_unused(1, 1, kPlantedWord);
  output(kSets - 1, 0)[9] = std::byte{1};
  const auto found = buffers_->find_stray_write(1, 1, kPlantedWord);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->set, kSets - 1);
  EXPECT_EQ(found->damage.output, 0u);
  EXPECT_EQ(found->damage.offset_bytes, 9);
  EXPECT_EQ(output(kSets - 1, 0)[9], std::byte{0});
  EXPECT_FALSE(buffers_->find_stray_write(1, 1, kPlantedWord))
      << "the next worker must not be blamed";
}

TEST_F(StrayWriteTest, PagesThatWereOnlyReadAreEmpty) {
  buffers_->prepare_unused(1, 1, kPlantedWord);
  EXPECT_EQ(output(kSets - 1, 0)[9], std::byte{0});
  EXPECT_FALSE(buffers_->find_stray_write(1, 1, kPlantedWord));
}

TEST_F(StrayWriteTest, PagesThatWereOnlyMadePresentAreGivenBack) {
  const auto blocks = [&] {
    struct stat file {};
    EXPECT_EQ(fstat(buffers_->outputs_fd(), &file), 0);
    return file.st_blocks;
  };
  buffers_->poison({}, 0, 1, kPlantedWord);
  output(1, 0)[0] = std::byte{0};  // the page where the first set ends
  const auto before = blocks();
  const std::uint64_t bytes = buffers_->layout().outputs_bytes();
  for (std::uint64_t at = 0; at < bytes; at += 4096)
    static_cast<volatile std::byte*>(buffers_->outputs_data())[at];
  ASSERT_GT(blocks(), before);
  EXPECT_FALSE(buffers_->find_stray_write(1, 1, kPlantedWord));
  EXPECT_EQ(blocks(), before) << "they would be searched after every window";
}

}  // namespace
}  // namespace aisp
