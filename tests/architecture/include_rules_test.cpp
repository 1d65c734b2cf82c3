#include "architecture/include_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace aisp::architecture {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(IncludeRules, EveryFileOfTheRepositoryKeepsThem) {
  const std::filesystem::path root = AISP_SOURCE_DIR;
  std::vector<std::string> broken;
  const std::vector<std::string> files = checked_files(root);
  ASSERT_TRUE(std::count(files.begin(), files.end(), "include/aisp/problem.h"));
  ASSERT_TRUE(std::count(files.begin(), files.end(), "src/base/result.h"));
  for (const std::string& file : files) {
    std::ifstream in(root / file);
    ASSERT_TRUE(in) << file;
    const std::string text(std::istreambuf_iterator<char>(in), {});
    const auto found = violations(file, text);
    broken.insert(broken.end(), found.begin(), found.end());
  }
  EXPECT_THAT(broken, IsEmpty());
}

TEST(IncludeRules, RoomMayLookDownButNotUpOrSideways) {
  EXPECT_THAT(violations("src/judge/run.cpp",
                         "#include \"judge/run.h\"\n"
                         "#include \"base/result.h\"\n"
                         "#include \"stats/interval.h\"\n"
                         "#include \"aisp/tensor.h\"\n"
                         "#include <vector>\n"),
              IsEmpty());
  EXPECT_THAT(violations("src/base/result.cpp", "\n#include \"judge/run.h\"\n"),
              ElementsAre(HasSubstr("src/base/result.cpp:2: judge/run.h")));
  EXPECT_THAT(violations("src/stats/interval.cpp", "#include \"verify/compare.h\""),
              ElementsAre(HasSubstr("room stats does not lie above room verify")));
  EXPECT_THAT(violations("src/guard/claim.cpp", "#  include <judge/run.h>"),
              ElementsAre(HasSubstr("judge/run.h")));
}

TEST(IncludeRules, NamesAreRelativeToTheRoomsAndWrittenOut) {
  EXPECT_THAT(violations("src/judge/run.cpp", "#include \"run.h\""),
              ElementsAre(HasSubstr("run.h")));
  EXPECT_THAT(violations("src/judge/run.cpp", "#include \"../cli/main.h\""),
              ElementsAre(HasSubstr("leaves its folder")));
  EXPECT_THAT(violations("src/judge/run.cpp", "#include HEADER"),
              ElementsAre(HasSubstr("written out")));
  EXPECT_THAT(violations("src/helpers/x.cpp", ""), ElementsAre(HasSubstr("not a room")));
}

TEST(IncludeRules, AgentSeesProtocolAndLockdownOnly) {
  EXPECT_THAT(violations("src/agent/main.cpp",
                         "#include \"aisp/implementation.h\"\n"
                         "#include \"base/units.h\"\n"
                         "#include \"worker/protocol.h\"\n"
                         "#include \"worker/lockdown.h\"\n"
                         "#include <seccomp.h>\n"),
              IsEmpty());
  EXPECT_THAT(violations("src/agent/main.cpp", "#include \"worker/process.h\""),
              ElementsAre(HasSubstr("worker/process.h")));
  EXPECT_THAT(violations("src/agent/main.cpp", "#include <judge/run.h>"),
              ElementsAre(HasSubstr("judge/run.h")));
}

TEST(IncludeRules, UserCodeSeesOnlyThePublicHeadersAndItsFolder) {
  for (const std::string file :
       {"chapters/ch01/gemm/baseline.cpp", "attacks/stale/attack.cpp", "testbed/sum/problem.cpp"}) {
    EXPECT_THAT(
        violations(file, "#include \"aisp/aisp.h\"\n#include \"sizes.h\"\n#include <omp.h>\n"),
        IsEmpty());
    EXPECT_THAT(violations(file, "#include \"judge/run.h\""),
                ElementsAre(HasSubstr("judge/run.h")));
  }
  EXPECT_THAT(violations("chapters/ch01/gemm/problem.cpp", "#include \"../loops.h\""), IsEmpty());
  EXPECT_THAT(violations("testbed/copy/problem.cpp", "#include \"../copy.h\""), IsEmpty());
  EXPECT_THAT(violations("chapters/ch01/gemm/problem.cpp", "#include \"../../ch02/loops.h\""),
              ElementsAre(HasSubstr("leaves its folder")));
  EXPECT_THAT(violations("attacks/stale/attack.cpp", "#include \"../../testbed/copy.h\""),
              ElementsAre(HasSubstr("leaves its folder")));
  EXPECT_THAT(violations("include/aisp/tensor.h", "#include \"base/result.h\""),
              ElementsAre(HasSubstr("public headers")));
}

}  // namespace
}  // namespace aisp::architecture
