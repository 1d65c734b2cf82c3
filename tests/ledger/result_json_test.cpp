#include "ledger/result_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sample_run.h"

namespace aisp {
namespace {

using testing::sample_run;
using testing::sample_target;

TEST(ResultJson, EveryFieldComesBack) {
  const TargetResult before = sample_target();
  const Json json = target_result_json(before);
  const auto after = target_result_from_json(dump(json));
  ASSERT_TRUE(after.ok()) << after.error().message();
  Json again = target_result_json(*after);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(json["implementations"][i]["windows"], 12);
    EXPECT_TRUE(after->implementations[i].observation.windows.empty());
    again["implementations"][i]["windows"] = 12;
  }
  EXPECT_EQ(json, again);
  // Spot checks against the structure, in case both directions forget the same field.
  const ImplementationResult& r = after->implementations[1];
  EXPECT_EQ(r.part, Part::optimized);
  EXPECT_EQ(r.comparison, stats::Comparison::faster);
  ASSERT_TRUE(r.speedup);
  EXPECT_EQ(r.speedup->low, 2.051);
  EXPECT_EQ(r.findings.at(1).status, FindingStatus::not_run);
  EXPECT_FALSE(r.findings.at(1).required);
  EXPECT_EQ(r.observation.end, WorkerEnd::killed);
  EXPECT_EQ(r.observation.calibration.windows, 200);
  EXPECT_EQ(r.observation.band_damage.at(0).offset_bytes, -8);
  EXPECT_EQ(r.observation.outputs.at(0).why, "sums of 4096 terms");
  EXPECT_FALSE(after->implementations[0].comparison);
}

TEST(ResultJson, NothingUnsetBecomesSet) {
  TargetResult before = sample_target();
  before.implementations[1].correct.reset();
  before.implementations[1].honest = false;
  before.implementations[1].time_ns.reset();
  const auto after = target_result_from_json(dump(target_result_json(before)));
  ASSERT_TRUE(after.ok());
  EXPECT_FALSE(after->implementations[1].correct.has_value());
  EXPECT_EQ(after->implementations[1].honest, false);
  EXPECT_FALSE(after->implementations[1].time_ns.has_value());
}

TEST(ResultJson, NumbersThatAreNotFiniteAreNullAndComeBackAsNaN) {
  TargetResult before = sample_target();
  before.implementations[0].claim_ns = std::numeric_limits<double>::infinity();
  const Json json = target_result_json(before);
  EXPECT_TRUE(json["implementations"][0]["claim_ns"].is_null());
  const auto after = target_result_from_json(dump(json));
  ASSERT_TRUE(after.ok());
  EXPECT_TRUE(std::isnan(after->implementations[0].claim_ns));
}

TEST(ResultJson, HostileBytesDoNotThrow) {
  TargetResult before = sample_target();
  before.implementations[1].observation.last_output = std::string("\xff\xfe\0x", 4);
  const auto after = target_result_from_json(dump(target_result_json(before)));
  ASSERT_TRUE(after.ok()) << after.error().message();
  EXPECT_EQ(after->implementations[1].observation.last_output.back(), 'x');
}

TEST(ResultJson, DamagedTextIsAnError) {
  const std::string good = dump(target_result_json(sample_target()));
  EXPECT_FALSE(target_result_from_json(good.substr(0, good.size() / 2)).ok());
  EXPECT_FALSE(target_result_from_json("{}").ok());
  Json wrong_word = Json::parse(good);
  wrong_word["implementations"][0]["part"] = "conductor";
  const auto result = target_result_from_json(dump(wrong_word));
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message().find("conductor"), std::string::npos);
}

TEST(Manifest, ComesBack) {
  const Json json = manifest_json(sample_run());
  const auto after = run_info_from_json(dump(json));
  ASSERT_TRUE(after.ok()) << after.error().message();
  EXPECT_EQ(manifest_json(*after), json);
  EXPECT_EQ(after->key_hex, "00ff17");
  EXPECT_EQ(after->machine.at("cpu"), "a | b");
}

TEST(Manifest, KeepsTheKeySecretWhileTheRunLasts) {
  RunInfo run = sample_run();
  run.finished_at.clear();
  EXPECT_TRUE(manifest_json(run)["key"].is_null());
  EXPECT_EQ(dump(manifest_json(run)).find(run.key_hex), std::string::npos);
}

}  // namespace
}  // namespace aisp
