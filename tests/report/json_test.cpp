#include "report/json.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <limits>

#include "../ledger/sample_run.h"

namespace aisp {
namespace {

using testing::Folder;
using testing::sample_run;
using testing::sample_target;

const std::string kSource = AISP_SOURCE_DIR;

// The exit status of validate_json.py; what it says goes to the test's output.
int validate(const Json& json, const std::string& schema) {
  Folder folder;
  const std::string file = folder / "document.json";
  std::ofstream(file) << dump(json, 2);
  const std::string command = "python3 '" + kSource + "/tests/report/validate_json.py' '" + file +
                              "' '" + kSource + "/schemas/" + schema + "'";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class SchemaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("python3 -c 'import jsonschema' 2>/dev/null") != 0)
      GTEST_SKIP() << "python3-jsonschema is not installed";
  }
};

std::vector<TargetResult> awkward_results() {
  TargetResult failed;
  failed.target = "ch02:none";
  failed.error = "the problem cannot be loaded";
  TargetResult odd = sample_target("ch01:odd");
  ImplementationResult& r = odd.implementations[1];
  r.correct.reset();
  r.honest = false;
  r.speedup = stats::Interval{2, 1, std::numeric_limits<double>::infinity()};
  r.time_ns = stats::Interval{std::numeric_limits<double>::quiet_NaN(), 1, 2};
  r.claim_ns = std::numeric_limits<double>::quiet_NaN();
  r.slope_ns = 0;
  r.ceiling->fraction = -std::numeric_limits<double>::infinity();
  r.sentence = "says \xff\x1b[31m";
  r.observation.outputs[0].against_reference.max_abs_error =
      std::numeric_limits<double>::infinity();
  return {sample_target(), odd, failed};
}

TEST_F(SchemaTest, ResultsFollowTheirSchema) {
  EXPECT_EQ(validate(results_json(sample_run(), {sample_target()}), "run.schema.json"), 0);
  EXPECT_EQ(validate(results_json(sample_run(), awkward_results()), "run.schema.json"), 0);
  EXPECT_EQ(validate(results_json(sample_run(), {}, RunState::interrupted), "run.schema.json"), 0);
}

TEST_F(SchemaTest, TheSchemaRefusesWhatItShould) {
  const Json good = results_json(sample_run(), {sample_target()});
  Json extra = good;
  extra["results"][0]["surprise"] = 1;
  EXPECT_EQ(validate(extra, "run.schema.json"), 1);
  Json missing = good;
  missing["results"][0].erase("honest");
  EXPECT_EQ(validate(missing, "run.schema.json"), 1);
  Json word = good;
  word["results"][0]["comparison"] = "much faster";
  EXPECT_EQ(validate(word, "run.schema.json"), 1);
}

TEST_F(SchemaTest, ManifestFollowsItsSchema) {
  EXPECT_EQ(validate(manifest_json(sample_run()), "manifest.schema.json"), 0);
  Json extra = manifest_json(sample_run());
  extra["machine"]["cores"] = 2;
  EXPECT_EQ(validate(extra, "manifest.schema.json"), 1);
}

TEST_F(SchemaTest, ListingFollowsItsSchema) {
  const std::vector<TargetListing> listing = {
      {"ch01:gemm", "ch01", "speed", {"cpu"}, {"baseline", "optimized"}}};
  EXPECT_EQ(validate(list_targets_json(listing), "list_targets.schema.json"), 0);
  EXPECT_EQ(list_targets_json(listing)["targets"][0]["implementations"][1], "optimized");
}

TEST(ResultsJson, SaysWhatTheJudgeSaid) {
  const Json json = results_json(sample_run(), {sample_target()});
  ASSERT_EQ(json["results"].size(), 2u);
  const Json& baseline = json["results"][0];
  EXPECT_TRUE(baseline["comparison"].is_null());
  EXPECT_TRUE(baseline["speedup"].is_null());
  const Json& r = json["results"][1];
  EXPECT_EQ(r["comparison"], "faster");
  EXPECT_EQ(r["speedup"]["low"], 2.051);
  EXPECT_EQ(r["time_ns"]["source"], "slope");
  EXPECT_EQ(r["correct"], true);
  EXPECT_EQ(r["isolation"], "partial (no landlock)");
  EXPECT_EQ(r["tolerance"][0]["against_reference"]["max_allowed_ratio"], 0.625);
  EXPECT_DOUBLE_EQ(r["tolerance"][0]["against_reference"]["error_rms"].get<double>(), 1e-6);
  EXPECT_TRUE(r["tolerance"][0]["against_baseline"].is_null());
  EXPECT_EQ(json["run"]["state"], "finished");
  EXPECT_EQ(json["run"]["key"], "00ff17");
}

TEST(ResultsJson, WhatIsNotProvenOrNotFiniteIsNull) {
  const Json json = results_json(sample_run(), awkward_results());
  const Json& r = json["results"][3];
  for (const char* field : {"correct", "speedup", "time_ns", "claim_ns", "slope_ns"})
    EXPECT_TRUE(r[field].is_null()) << field;
  EXPECT_TRUE(r["ceiling"]["fraction"].is_null());
  EXPECT_EQ(r["honest"], false);
  EXPECT_EQ(json["errors"][0]["target"], "ch02:none");
}

TEST(ResultsJson, TheKeyStaysSecretWhileTheRunLasts) {
  RunInfo run = sample_run();
  run.finished_at.clear();
  const Json json = results_json(run, {});
  EXPECT_TRUE(json["run"]["key"].is_null());
  EXPECT_TRUE(json["run"]["finished_at"].is_null());
  EXPECT_EQ(json["run"]["state"], "running");
}

}  // namespace
}  // namespace aisp
