// `aisp bench audit`: finds what was planted, accuses nobody else, and what it prints can be read.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "audit/planted_faults.h"
#include "cli/program.h"
#include "problem/registry.h"

namespace aisp::test {
namespace {

using Json = nlohmann::ordered_json;

std::string as_lines(const Json& findings) {
  std::string lines;
  for (const Json& f : findings)
    lines += "\n  " + f["level"].get<std::string>() + " " + f["rule"].get<std::string>() + ": " +
             f["part"].get<std::string>() + ": " + f["message"].get<std::string>();
  return lines;
}

TEST(Audit, FindsEveryPlantedFaultAndAccusesNoHonestTarget) {
  const Folder folder;
  for (const Planted& planted : planted_faults())
    plant(folder.path(), planted.fault, AISP_PLANTED_PROBLEM_MODULE);
  const Said said =
      aisp({"bench", "audit", "--all", "--json", "--targets-dir", folder.path()}, folder.path());
  ASSERT_EQ(said.code, 1) << said.err;
  EXPECT_EQ(schema_errors(said.out, "audit.schema.json", folder.path()), "");
  const Json json = Json::parse(said.out);
  std::map<std::string, Json> findings;
  for (const Json& target : json["targets"]) {
    std::string name = target["target"];
    name = name.substr(name.find_first_of(":/") + 1);
    for (const Json& f : target["findings"]) findings[name].push_back(f);
  }
  for (const Planted& planted : planted_faults()) {
    bool found = planted.rule.empty(), accused = false;
    for (const Json& f : findings[planted.fault]) {
      const std::string text =
          f["part"].get<std::string>() + ": " + f["message"].get<std::string>();
      found |= f["rule"] == planted.rule && text.find(planted.says) != std::string::npos &&
               f["level"] == (planted.error ? "error" : "warning");
      accused |= f["level"] != "note";
    }
    EXPECT_TRUE(found) << planted.fault << " should be found by " << planted.rule << " ("
                       << planted.says << ")" << as_lines(findings[planted.fault]);
    if (planted.rule.empty()) {
      EXPECT_FALSE(accused) << planted.fault << as_lines(findings[planted.fault]);
    }
  }
  EXPECT_GT(planted_faults().size(), 25u);
}

TEST(Audit, SarifAndMarkdownSayTheSame) {
  const Folder folder;
  for (const char* fault : {"zeros_pass", "good"})
    plant(folder.path(), fault, AISP_PLANTED_PROBLEM_MODULE);
  const std::vector<std::string> command = {"bench",   "audit",         "-t",
                                            "planted", "--targets-dir", folder.path()};
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = command;
    words.insert(words.end(), more.begin(), more.end());
    return aisp(words, folder.path());
  };
  const Said sarif = with({"--format", "sarif", "-o", folder / "audit.sarif"});
  EXPECT_EQ(sarif.code, 1) << sarif.err;
  EXPECT_EQ(sarif.out, "");
  std::ifstream in(folder / "audit.sarif");
  const Json json = Json::parse(in);
  EXPECT_EQ(json["version"], "2.1.0");
  const Json& run = json["runs"][0];
  bool zeros = false;
  for (const Json& result : run["results"]) {
    const std::size_t index = result["ruleIndex"];
    EXPECT_EQ(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    EXPECT_FALSE(result["message"]["text"].get<std::string>().empty());
    EXPECT_TRUE(result["locations"][0]["physicalLocation"]["artifactLocation"].contains("uri"));
    zeros |= result["ruleId"] == "zeros" && result["level"] == "error";
  }
  EXPECT_TRUE(zeros);
  const Said markdown = with({"--format", "markdown"});
  EXPECT_EQ(markdown.code, 1);
  EXPECT_NE(markdown.out.find("| planted:zeros\\_pass | cpu | not fit |"), std::string::npos)
      << markdown.out;
  EXPECT_NE(markdown.out.find("zeros pass for the right output"), std::string::npos);
}

TEST(Audit, AsksForTargetsOrAllAndNotForBoth) {
  const Folder folder;
  EXPECT_EQ(aisp({"bench", "audit"}, folder.path()).code, 2);
  EXPECT_EQ(aisp({"bench", "audit", "--all", "-t", "ch01"}, folder.path()).code, 2);
  EXPECT_EQ(aisp({"bench", "audit", "-t", "ch99"}, folder.path()).code, 2);
}

// What runs on a CPU. Targets for GPUs only have a GPU's sizes, of which a CPU computes the reference for
// minutes: `aisp bench audit --all` takes them, too.
class OurOwn : public testing::TestWithParam<std::string> {};

TEST_P(OurOwn, TargetsOnACpuAreFit) {
  const Folder folder;
  const Said said = aisp({"bench", "audit", "-t", GetParam(), "--json"}, folder.path());
  for (const Json& target : Json::parse(said.out)["targets"])
    for (const Json& f : target["findings"])
      if (f["level"] == "error" || f["level"] == "not_run")
        ADD_FAILURE() << target["target"] << as_lines(target["findings"]);
  EXPECT_EQ(said.code, 0) << said.err;
}

// Those that are built: a new one is audited without being named here.
std::vector<std::string> targets_on_a_cpu() {
  std::vector<std::string> names;
  const auto all = find_targets(AISP_TARGETS_DIR);
  if (!all.ok()) return names;
  for (const TargetFiles& target : *all)
    if (target.chapter.starts_with("ch") && target.on("cpu") != nullptr)
      names.push_back(target.target());
  return names;
}
INSTANTIATE_TEST_SUITE_P(Audit, OurOwn, testing::ValuesIn(targets_on_a_cpu()),
                         [](const auto& target) {
                           std::string name = target.param;
                           std::replace(name.begin(), name.end(), ':', '_');
                           return name;
                         });

}  // namespace
}  // namespace aisp::test
