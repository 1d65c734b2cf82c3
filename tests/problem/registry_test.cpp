#include "problem/registry.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace aisp {
namespace {

namespace fs = std::filesystem;

using Names = std::vector<std::string>;

class Registry : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "aisp-registry-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }

  void add(const std::string& folder, const std::vector<std::string>& stems) {
    fs::create_directories(root_ / folder);
    for (const std::string& stem : stems) std::ofstream(root_ / folder / (stem + ".so")) << "x";
  }
  void add_good(const std::string& folder) { add(folder, {"problem", "baseline", "optimized"}); }

  std::vector<std::string> select(const std::vector<std::string>& wanted,
                                  const std::string& device = "cpu") {
    const auto found = find_targets(root_);
    EXPECT_TRUE(found.ok());
    const auto selected = select_targets(*found, wanted, device);
    if (!selected.ok()) return {selected.error().message()};
    std::vector<std::string> names;
    for (const TargetFiles& target : *selected) names.push_back(target.target());
    return names;
  }

  fs::path root_;
};

TEST_F(Registry, FindsAllPartsOfATarget) {
  add("ch01/gemm", {"problem", "baseline", "optimized", "optimized_avx2", "ceiling_openblas",
                    "reference_serial", "something_else"});
  const auto found = find_targets(root_);
  ASSERT_TRUE(found.ok()) << found.error().message();
  ASSERT_EQ(found->size(), 1u);
  const TargetFiles& target = found->front();
  EXPECT_EQ(target.target(), "ch01:gemm");
  EXPECT_EQ(target.problem, root_ / "ch01/gemm/problem.so");
  ASSERT_EQ(target.devices.size(), 1u);
  EXPECT_EQ(target.on("cuda"), nullptr);
  const DeviceFiles* const cpu = target.on("cpu");
  ASSERT_NE(cpu, nullptr);
  EXPECT_EQ(cpu->fault, "");
  EXPECT_EQ(cpu->baseline, root_ / "ch01/gemm/baseline.so");
  ASSERT_EQ(cpu->optimized.size(), 2u);
  EXPECT_EQ(cpu->optimized[1].stem(), "optimized_avx2");
  ASSERT_EQ(cpu->ceilings.size(), 1u);
  EXPECT_EQ(cpu->reference_serial.stem(), "reference_serial");
  EXPECT_EQ(cpu->names(), (Names{"baseline", "optimized", "optimized_avx2", "ceiling_openblas",
                                 "reference_serial"}));
}

TEST_F(Registry, EachDeviceHasImplementationsOfItsOwn) {
  add_good("ch01/both");
  add("ch01/both/cuda", {"baseline", "optimized_graph", "ceiling_cublas"});
  add("ch01/gpu_only", {"problem"});
  add("ch01/gpu_only/cuda", {"baseline", "optimized"});
  add_good("ch02/cpu_only");
  fs::create_directories(root_ / "ch02/cpu_only/cuda");  // left over, empty
  const auto found = find_targets(root_);
  ASSERT_TRUE(found.ok()) << found.error().message();
  ASSERT_EQ(found->size(), 3u);
  const TargetFiles& both = (*found)[0];
  ASSERT_EQ(both.devices.size(), 2u);
  EXPECT_EQ(both.on("cpu")->baseline, root_ / "ch01/both/baseline.so");
  EXPECT_EQ(both.on("cuda")->baseline, root_ / "ch01/both/cuda/baseline.so");
  EXPECT_EQ(both.on("cuda")->names(), (Names{"baseline", "optimized_graph", "ceiling_cublas"}));
  ASSERT_EQ((*found)[1].devices.size(), 1u);
  EXPECT_EQ((*found)[1].devices[0].device, "cuda");
  ASSERT_EQ((*found)[2].devices.size(), 1u);

  EXPECT_EQ(select({"ch01"}), Names{"ch01:both"});
  EXPECT_EQ(select({"all"}, "cuda"), (Names{"ch01:both", "ch01:gpu_only"}));
  EXPECT_EQ(select({"all"}, "").size(), 3u);
  EXPECT_NE(select({"ch02:cpu_only"}, "cuda")[0].find("nothing of it is there for the device cuda"),
            std::string::npos);
  EXPECT_EQ(select({"ch01,ch02"}, "cuda"), (Names{"ch01:both", "ch01:gpu_only"}))
      << "a chapter that has nothing for the device is left out";
  EXPECT_NE(select({"ch02"}, "cuda")[0].find("nothing of it is there for the device cuda"),
            std::string::npos);
  EXPECT_NE(select({"ch01:both,ch01:gpu_only"})[0].find("It is there for: cuda"),
            std::string::npos);
}

TEST_F(Registry, AFaultConcernsItsDeviceOnly) {
  add_good("ch01/half");
  add("ch01/half/cuda", {"optimized"});
  EXPECT_EQ(select({"ch01:half"}), Names{"ch01:half"});
  EXPECT_NE(select({"ch01:half"}, "cuda")[0].find("no baseline.so"), std::string::npos);
}

TEST_F(Registry, ChaptersMayHaveTwoLevels) {
  add_good("labs/moe/grouped");
  EXPECT_EQ(select({"labs/moe:grouped"}), Names{"labs/moe:grouped"});
  EXPECT_EQ(select({"labs/moe"}), Names{"labs/moe:grouped"});
  EXPECT_EQ(select({"labs"}), Names{"labs/moe:grouped"});
}

TEST_F(Registry, AFolderWithoutAProblemIsNoTarget) {
  add_good("ch01/gemm");
  add("ch01/notes", {"baseline"});
  EXPECT_EQ(select({"all"}), Names{"ch01:gemm"});
}

TEST_F(Registry, SelectsEachTargetOnceAndInOrder) {
  for (const char* folder : {"ch02/b", "ch01/gemm", "ch01/add", "ch10/z"}) add_good(folder);
  EXPECT_EQ(select({"ch02:b", "ch01:gemm,ch01"}), (Names{"ch01:add", "ch01:gemm", "ch02:b"}));
  EXPECT_EQ(select({"ch01:g*"}), Names{"ch01:gemm"});
  EXPECT_EQ(select({"ch0*"}), (Names{"ch01:add", "ch01:gemm", "ch02:b"}));
  EXPECT_EQ(select({"ch01..ch02"}), (Names{"ch01:add", "ch01:gemm", "ch02:b"}));
  EXPECT_EQ(select({"*:z"}), Names{"ch10:z"});
  EXPECT_EQ(select({"all"}).size(), 4u);
}

TEST_F(Registry, TheTestbedComesOnlyWhenItIsNamed) {
  add_good("ch01/gemm");
  add_good("testbed/axpby");
  EXPECT_EQ(select({"all"}), Names{"ch01:gemm"});
  EXPECT_EQ(select({"*"}), Names{"ch01:gemm"});
  EXPECT_EQ(select({"ch01..zz"}), Names{"ch01:gemm"});
  EXPECT_EQ(select({"testbed"}), Names{"testbed:axpby"});
  EXPECT_EQ(select({"testbed:a*"}), Names{"testbed:axpby"});
}

TEST_F(Registry, AnUnknownNameIsAnsweredWithTheNearestOnes) {
  add_good("ch01/gemm");
  add_good("ch02/copy");
  for (const char* wrong : {"ch01:gem", "gemm", "ch01:gmem"}) {
    const Names answer = select({wrong});
    ASSERT_EQ(answer.size(), 1u);
    EXPECT_NE(answer[0].find("Did you mean ch01:gemm"), std::string::npos) << answer[0];
  }
  EXPECT_NE(select({"nothing-like-it"})[0].find("list-targets"), std::string::npos);
  EXPECT_NE(select({""})[0].find("none was named"), std::string::npos);
  EXPECT_NE(select({","})[0].find("none was named"), std::string::npos);
}

TEST_F(Registry, AFaultIsNamedWhenTheTargetIsAskedFor) {
  add_good("ch01/gemm");
  add("ch01/no_baseline", {"problem", "optimized"});
  add("ch01/two", {"problem", "baseline", "baseline_b", "optimized"});
  add("ch01/no_optimized", {"problem", "baseline"});
  EXPECT_NE(select({"ch01:no_baseline"})[0].find("no baseline.so"), std::string::npos);
  EXPECT_NE(select({"ch01:two"})[0].find("2 baselines"), std::string::npos);
  EXPECT_NE(select({"ch01:no_optimized"})[0].find("no optimized*.so"), std::string::npos);
  EXPECT_EQ(select({"ch01:gemm"}), Names{"ch01:gemm"});
}

TEST_F(Registry, NoTargetsAtAllIsAnError) {
  EXPECT_FALSE(find_targets(root_).ok());
  EXPECT_FALSE(find_targets(root_ / "absent").ok());
}

TEST(EditDistance, CountsInsertionsDeletionsAndReplacements) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("ch01:gemm", "ch01:gem"), 1u);
}

}  // namespace
}  // namespace aisp
