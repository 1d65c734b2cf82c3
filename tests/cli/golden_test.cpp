// Golden outputs and declarations through the command line.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace aisp::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Arguments = std::vector<std::string>;

const std::string kKey(64, '7');

Said verify(const Folder& folder, const Arguments& more) {
  Arguments all = {"bench", "verify", "-t", "testbed:project"};
  all.insert(all.end(), more.begin(), more.end());
  return aisp(all, folder.path());
}

TEST(Golden, OutputsOfAGivenKeyAreTakenTheSecondTimeAndDamageIsAnError) {
  const Folder folder;
  const Said first = verify(folder, {"--key", kKey, "--golden"});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_NE(first.err.find("golden outputs of testbed:project: 0 taken"), std::string::npos)
      << first.err;
  const Said second = verify(folder, {"--key", kKey, "--golden"});
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_EQ(second.err.find("golden outputs of testbed:project: 0 taken"), std::string::npos)
      << second.err;
  EXPECT_NE(second.err.find(" checked)"), std::string::npos) << second.err;
  EXPECT_EQ(verify(folder, {"--key", kKey, "--update-golden"}).code, 0);

  std::size_t damaged = 0;
  for (const auto& entry : fs::directory_iterator(folder.path() / "artifacts/golden")) {
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-200, std::ios::end);
    file.put('x').put('y').put('z');
    ++damaged;
  }
  ASSERT_GT(damaged, 0u);
  const Said third = verify(folder, {"--key", kKey, "--golden"});
  EXPECT_EQ(third.code, 2) << third.out << third.err;
  EXPECT_NE(third.err.find("--update-golden"), std::string::npos) << third.err;
}

TEST(Golden, ASecretKeyHasNothingToKeep) {
  const Folder folder;
  const Said said = verify(folder, {"--golden"});
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("--golden needs a --key"), std::string::npos) << said.err;
}

TEST(Declaration, OfACandidateIsHeldAgainstWhatWasPassed) {
  const Folder folder;
  const Said given = aisp({"bench", "template", "-t", "testbed:axpby"}, folder.path());
  ASSERT_EQ(given.code, 0) << given.err;
  std::ofstream(folder / "mine.cpp") << given.out;
  const auto judge = [&](const char* declaration) {
    std::ofstream(folder / "mine.declaration.json") << declaration;
    return aisp(
        {"bench", "verify", "-t", "testbed:axpby", "--json", "--candidate", folder / "mine.cpp"},
        folder.path());
  };
  const Said right = judge(R"({"outputs": {"out": {"dtype": "fp32", "shape": [65536]}}})");
  EXPECT_EQ(right.code, 0) << right.err;
  EXPECT_NE(right.out.find("says what was allocated and passed"), std::string::npos);
  const Said wrong = judge(R"({"outputs": {"out": {"dtype": "fp32", "shape": [32768]}}})");
  EXPECT_EQ(wrong.code, 1);
  const json results = json::parse(wrong.out);
  for (const json& row : results["results"]) {
    if (row["part"] != "candidate") continue;
    EXPECT_EQ(row["correct"], false);
    EXPECT_NE(row["sentence"].get<std::string>().find("declared [32768], passed [65536]"),
              std::string::npos)
        << row["sentence"];
  }
}

}  // namespace
}  // namespace aisp::test
