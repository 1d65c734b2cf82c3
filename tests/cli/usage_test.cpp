// What happens before anything is measured: usage errors say what to do, help is complete.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace aisp::test {
namespace {

struct Mistake {
  std::vector<std::string> arguments;
  std::string says;
};

TEST(Usage, EveryMistakeIsExitCode2AndSaysWhatToDo) {
  const Folder folder;
  std::ofstream(folder / "notes.txt") << "x";
  for (const char* name : {"gpu.cu", "gpu.cubin"}) std::ofstream(folder / name) << "x";
  const Mistake mistakes[] = {
      {{}, "subcommand"},
      {{"bench"}, "subcommand"},
      {{"bnch", "run"}, "no command 'bnch' of `aisp`: did you mean bench?"},
      {{"bench", "rnu", "-t", "ch01"}, "no command 'rnu' of `aisp bench`: did you mean run?"},
      {{"bench", "xylophone"}, "It has: "},
      {{"bench", "run", "--candidat", "x.cpp"},
       "there is no --candidat: did you mean --candidate?"},
      {{"bench", "run"}, "name targets with -t"},
      {{"bench", "run", "-t", "ch01:gem"}, "Did you mean ch01:gemm"},
      {{"bench", "run", "-t", "ch99"}, "list-targets"},
      {{"bench", "run", "-t", "testbed:axpby", "--profile", "roofline"}, "--profile"},
      {{"bench", "run", "-t", "testbed:axpby", "--device", "abacus"}, "--device"},
      {{"bench", "run", "-t", "testbed:axpby", "--rounds", "0"}, "--rounds"},
      {{"bench", "run", "-t", "testbed:axpby", "--rounds", "many"}, "--rounds"},
      {{"bench", "run", "-t", "testbed:axpby", "--interval", "-1"}, "--interval"},
      {{"bench", "run", "-t", "testbed:axpby", "--key", "beef"}, "64 hexadecimal digits"},
      {{"bench", "run", "-t", "testbed:axpby", "--format", "xml"}, "--format"},
      {{"bench", "run", "-t", "testbed:axpby", "--no-such-option"}, "--no-such-option"},
      {{"bench", "run", "-t", "testbed", "--candidate", "notes.txt"}, "Name exactly one with -t"},
      {{"bench", "run", "-t", "testbed:axpby", "--candidate", "notes.txt"}, "ends in none of .cpp"},
      {{"bench", "run", "-t", "testbed:axpby", "--candidate", "gpu.cu"}, "--device cuda"},
      {{"bench", "run", "-t", "testbed:axpby", "--candidate", "gpu.cubin"}, "code for a GPU"},
      {{"bench", "run", "-t", "testbed:axpby", "--candidate", "."}, "Judge it with --device cuda"},
      {{"bench", "run", "-t", "testbed:axpby", "--candidate", "absent.cpp"}, "absent.cpp"},
      {{"bench", "run", "-t", "testbed:axpby", "--candidate", "."}, "no .cpp and no .so"},
      {{"bench", "run", "-t", "testbed:axpby", "--targets-dir", "absent"}, "--targets-dir"},
      {{"bench", "run", "--resume", "-t", "testbed:axpby"}, "Leave out -t"},
      {{"bench", "run", "--resume"}, "interrupted"},
      {{"bench", "template", "-t", "testbed"}, "Name one"},
      {{"bench", "list-targets", "--chapter", "ch99"}, "ch99"},
  };
  for (const Mistake& mistake : mistakes) {
    const Said said = aisp(mistake.arguments, folder.path());
    std::string command;
    for (const std::string& word : mistake.arguments) command += " " + word;
    EXPECT_EQ(said.code, 2) << command << "\n" << said.err;
    EXPECT_NE(said.err.find(mistake.says), std::string::npos) << command << "\n" << said.err;
    EXPECT_EQ(said.out, "") << command;
  }
}

TEST(Usage, HelpAndVersionAreExitCode0) {
  const Folder folder;
  EXPECT_EQ(aisp({"--version"}, folder.path()).out.rfind("aisp ", 0), 0u);
  const Said help = aisp({"bench", "run", "--help"}, folder.path());
  EXPECT_EQ(help.code, 0);
  for (const char* word :
       {"--targets", "--profile", "--rounds", "--time-limit", "--interval", "--candidate",
        "--candidate-flags", "--json", "--format", "--key", "--validity-profile", "--artifacts",
        "--resume", "--in-process", "--no-flush", "--calls-per-window", "Exit codes"})
    EXPECT_NE(help.out.find(word), std::string::npos) << word;
}

TEST(Usage, StrictIsTheDefaultInCi) {
  const Folder folder;
  const auto shown = [&](const std::vector<std::string>& environment) {
    const Said help = aisp({"bench", "run", "--help"}, folder.path(), environment);
    return help.out.find("=strict") != std::string::npos;
  };
  EXPECT_FALSE(shown({}));
  EXPECT_TRUE(shown({"CI=true"}));
}

TEST(ListTargets, JsonFollowsItsSchemaAndHidesTheTestbed) {
  const Folder folder;
  const Said said = aisp({"bench", "list-targets", "--json"}, folder.path());
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(schema_errors(said.out, "list_targets.schema.json", folder.path()), "");
  EXPECT_NE(said.out.find("ch01:gemm"), std::string::npos);
  EXPECT_EQ(said.out.find("testbed"), std::string::npos);
  const Said testbed =
      aisp({"bench", "list-targets", "--chapter", "testbed", "--json"}, folder.path());
  EXPECT_NE(testbed.out.find("testbed:axpby"), std::string::npos);
  EXPECT_EQ(testbed.out.find("ch01"), std::string::npos);
}

}  // namespace
}  // namespace aisp::test
