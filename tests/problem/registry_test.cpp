#include "problem/registry.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace aisp {
namespace {

namespace fs = std::filesystem;

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

  std::vector<std::string> select(const std::vector<std::string>& wanted) {
    const auto found = find_targets(root_);
    EXPECT_TRUE(found.ok());
    const auto selected = select_targets(*found, wanted);
    if (!selected.ok()) return {selected.error().message()};
    std::vector<std::string> names;
    for (const TargetFiles& target : *selected) names.push_back(target.target());
    return names;
  }

  fs::path root_;
};

using Names = std::vector<std::string>;

TEST_F(Registry, FindsAllPartsOfATarget) {
  add("ch01/gemm", {"problem", "baseline", "optimized", "optimized_avx2", "ceiling_openblas",
                    "reference_serial", "something_else"});
  const auto found = find_targets(root_);
  ASSERT_TRUE(found.ok()) << found.error().message();
  ASSERT_EQ(found->size(), 1u);
  const TargetFiles& target = found->front();
  EXPECT_EQ(target.target(), "ch01:gemm");
  EXPECT_EQ(target.fault, "");
  EXPECT_EQ(target.baseline, root_ / "ch01/gemm/baseline.so");
  ASSERT_EQ(target.optimized.size(), 2u);
  EXPECT_EQ(target.optimized[1].stem(), "optimized_avx2");
  ASSERT_EQ(target.ceilings.size(), 1u);
  EXPECT_EQ(target.reference_serial.stem(), "reference_serial");
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
