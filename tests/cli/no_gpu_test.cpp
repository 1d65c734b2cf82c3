// --device cuda where something is missing. What is missing is made so by naming a library that is not
// there: these tests say the same on a machine with a GPU.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace aisp::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kNoDriver = {"AISP_CUDA_DRIVER=/nonexistent/libcuda.so.1"};

TEST(NoGpu, RunSaysWhatIsMissingAndWhatToDo) {
  const Folder folder;
  for (const char* command : {"run", "verify"}) {
    const Said said = aisp({"bench", command, "-t", "ch12:graph_bandwidth", "--device", "cuda"},
                           folder.path(), kNoDriver);
    EXPECT_EQ(said.code, 2);
    EXPECT_EQ(said.out, "");
    // A build without the CUDA toolkit cannot get as far as the driver.
    EXPECT_THAT(said.err,
                AnyOf(HasSubstr("/nonexistent/libcuda.so.1"), HasSubstr("no CUDA support")));
    EXPECT_THAT(said.err, AnyOf(HasSubstr("Install the NVIDIA driver"),
                                HasSubstr("Install the CUDA toolkit 13 and rebuild")));
    EXPECT_THAT(said.err, HasSubstr("--device cpu"));
    EXPECT_THAT(said.err, Not(HasSubstr("starting workers")));
  }
}

TEST(NoGpu, ACandidateInCudaIsNotCompiledForNothing) {
  const Folder folder;
  std::ofstream(folder / "mine.cu") << "not even CUDA\n";
  const Said said =
      aisp({"bench", "run", "-t", "ch06:add", "--device", "cuda", "--candidate", "mine.cu"},
           folder.path(), kNoDriver);
  EXPECT_EQ(said.code, 2);
  EXPECT_THAT(said.err, HasSubstr("--device cpu"));
  EXPECT_THAT(said.err, Not(HasSubstr("compiling")));
}

TEST(NoGpu, TheSameTargetIsVerifiedOnTheCpu) {
  const Folder folder;
  const Said said =
      aisp({"bench", "verify", "-t", "ch12:graph_bandwidth", "--json"}, folder.path(), kNoDriver);
  ASSERT_NE(said.code, 2) << said.err;
  const auto results = nlohmann::json::parse(said.out);
  ASSERT_GE(results["results"].size(), 2u) << said.err;
  for (const auto& row : results["results"]) {
    EXPECT_NE(row["correct"], false) << row["sentence"];
    EXPECT_GT(row["calls_verified"], 0);
  }
  EXPECT_NE(said.code, 1) << said.err;
}

}  // namespace
}  // namespace aisp::test
