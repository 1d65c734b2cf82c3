// Commands that read what was recorded: compare, history, export.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "ledger/ledger.h"
#include "ledger/sample_run.h"

namespace aisp::test {
namespace {

using nlohmann::json;

class Records : public ::testing::Test {
 protected:
  // Two runs of ch01:gemm; the optimized one is 2.1 and then `later` times faster than the baseline.
  void record(double later) {
    auto ledger = Ledger::open(folder_ / "artifacts/ledger.db");
    ASSERT_TRUE(ledger.ok()) << ledger.error().message();
    for (const char* id : {"20260101T000000Z__a", "20260102T000000Z__b"}) {
      RunInfo run = testing::sample_run(id);
      TargetResult target = testing::sample_target("ch01:gemm", 30);
      if (run.id.back() == 'b')
        target.implementations[1].speedup = stats::Interval{later, later * 0.99, later * 1.01};
      ASSERT_TRUE(ledger->begin_run(run).ok());
      ASSERT_TRUE(ledger->record_target(run.id, target).ok());
      ASSERT_TRUE(ledger->finish_run(run).ok());
    }
  }
  Said say(std::vector<std::string> words) {
    words.insert(words.begin(), "bench");
    return aisp(words, folder_.path());
  }
  Folder folder_;
};

TEST_F(Records, CompareSaysWhatBecameSlower) {
  record(1.5);
  const Said said = say({"compare", "latest~1", "latest"});
  EXPECT_EQ(said.code, 1) << said.err;
  EXPECT_NE(said.out.find("slower (by speedup)"), std::string::npos) << said.out;
  const Said as_json = say({"compare", "20260101", "20260102", "--json"});
  EXPECT_EQ(as_json.code, 1);
  EXPECT_EQ(schema_errors(as_json.out, "compare.schema.json", folder_.path()), "");
  EXPECT_EQ(json::parse(as_json.out)["rows"][1]["change"], "slower");
  EXPECT_EQ(say({"compare", "latest", "latest~1"}).code, 0);  // the other way round it is faster
}

TEST_F(Records, HistoryIsNewestFirst) {
  record(2.0);
  const Said said = say({"history", "-t", "ch01:gemm"});
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_LT(said.out.find("20260102"), said.out.find("20260101"));
  const Said as_json = say({"history", "-t", "ch01:gemm", "--json", "--limit", "1"});
  EXPECT_EQ(schema_errors(as_json.out, "history.schema.json", folder_.path()), "");
  EXPECT_EQ(json::parse(as_json.out)["entries"].size(), 2u);
}

TEST_F(Records, ExportPrintsTheLatestRun) {
  record(2.0);
  for (const char* format :
       {"csv", "json", "google-benchmark", "nvbench", "junit", "openmetrics"}) {
    const Said said = say({"export", "--format", format});
    EXPECT_EQ(said.code, 0) << said.err;
    EXPECT_NE(said.out.find("optimized_avx512"), std::string::npos) << format;
  }
  const Said both = say({"export", "latest", "latest~1", "-o", "both.json"});
  EXPECT_EQ(both.code, 0) << both.err;
  EXPECT_EQ(both.out, "");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "both.json"));
  EXPECT_EQ(schema_errors(say({"export"}).out, "export.schema.json", folder_.path()), "");
}

TEST_F(Records, MistakesAreExitCode2AndMakeNothing) {
  const std::vector<std::vector<std::string>> none = {
      {"compare", "latest~1", "latest"}, {"history", "-t", "ch01:gemm"}, {"export"}};
  for (const auto& words : none) {
    const Said said = say(words);
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("there is no ledger"), std::string::npos) << said.err;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "artifacts"));
  record(2.0);
  EXPECT_EQ(say({"compare", "latest", "nonsense"}).code, 2);
  EXPECT_EQ(say({"compare", "2026", "latest"}).code, 2);  // two runs begin so
  EXPECT_EQ(say({"history", "-t", "ch01:gem"}).code, 2);
  EXPECT_EQ(say({"export", "--format", "xml"}).code, 2);
  EXPECT_EQ(say({"export", "latest", "latest~1", "--format", "junit"}).code, 2);
}

TEST(TheoreticalPeak, IsPrintedWithSourcesAndAsJson) {
  const Folder folder;
  const Said said = aisp({"bench", "theoretical-peak", "--gpu", "H100"}, folder.path());
  EXPECT_EQ(said.code, 0) << said.err;
  for (const char* word : {"H100 SXM", "H100 PCIe", "H100 NVL", "bf16 tensor", "989.4", "1978.9",
                           "3350 GB/s", "[1] NVIDIA", "not published"})
    EXPECT_NE(said.out.find(word), std::string::npos) << word;
  for (const char* gpu : {"NVIDIA H200", "list"}) {
    const Said as_json = aisp({"bench", "theoretical-peak", "--gpu", gpu, "--json"}, folder.path());
    EXPECT_EQ(as_json.code, 0);
    EXPECT_EQ(schema_errors(as_json.out, "theoretical_peak.schema.json", folder.path()), "");
  }
  const Said here = aisp({"bench", "theoretical-peak", "--json"}, folder.path());
  EXPECT_EQ(schema_errors(here.out, "theoretical_peak.schema.json", folder.path()), "");
  const Said unknown = aisp({"bench", "theoretical-peak", "--gpu", "H1000"}, folder.path());
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.err.find("Did you mean H100"), std::string::npos) << unknown.err;
}

}  // namespace
}  // namespace aisp::test
