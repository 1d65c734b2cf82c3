#include "report/html_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>

#include "../ledger/sample_run.h"
#include "report/chart.h"
#include "report/quantity.h"

namespace aisp {
namespace {

using testing::Folder;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::sample_run;
using testing::sample_target;

// What check_html.py finds wrong with the page; empty = nothing.
std::string faults(const std::string& page) {
  Folder folder;
  std::ofstream(folder / "page.html") << page;
  const std::string command = "python3 '" AISP_SOURCE_DIR "/tests/report/check_html.py' '" +
                              (folder / "page.html") + "' > '" + (folder / "faults") + "' 2>&1";
  const int status = std::system(command.c_str());
  std::ifstream in(folder / "faults");
  std::stringstream text;
  text << in.rdbuf();
  return status == 0 ? "" : "not a good page: " + text.str();
}

int schema_status(const Json& json) {
  Folder folder;
  std::ofstream(folder / "document.json") << dump(json, 2);
  const std::string command = "python3 '" AISP_SOURCE_DIR "/tests/report/validate_json.py' '" +
                              (folder / "document.json") +
                              "' '" AISP_SOURCE_DIR "/schemas/verify_report.schema.json'";
  return WEXITSTATUS(std::system(command.c_str()));
}

VerifyReport report_of(std::vector<TargetResult> results) {
  VerifyReport report;
  report.generated_at = "2026-11-26T02:00:00Z";
  report.version = "0.1.0";
  report.ledger = "artifacts/ledger.db";
  for (TargetResult& result : results) report.targets.push_back({sample_run(), std::move(result)});
  return report;
}

TargetResult timed_target(const std::string& name = "ch01:gemm") {
  TargetResult target = sample_target(name, 400);
  for (std::size_t i = 0; i < target.implementations.size(); ++i)
    for (Window& w : target.implementations[i].observation.windows) {
      w.kind = WindowKind::timed;
      w.calls = 1;
      w.sealed_ns = 50'000 + 9'000 * static_cast<std::int64_t>(i) + w.round * 7 % 900;
    }
  return target;
}

std::string time_text(double ns) { return human_time(ns); }

class HtmlReportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("python3 -c 'import html.parser'") != 0) GTEST_SKIP() << "no python3";
  }
};

TEST_F(HtmlReportTest, IsOnePageThatNeedsNothingAndExplainsEveryPlot) {
  const std::string page =
      verify_report_html(report_of({timed_target(), timed_target("ch02:copy")}));
  EXPECT_EQ(faults(page), "");
  for (const char* said :
       {"ch01:gemm", "ch02:copy", "optimized_avx512", "Time per call",
        "Speedup against the baseline", "Three clocks", "Over the run", "Tolerance and error found",
        "Distance to the roofline", "sums of 4096 terms",
        "20260131T120000Z__bench__minimal__ch01-gemm", "no cpufreq", "partial (no landlock)",
        "2.051 2.100 2.148", "prefers-color-scheme", "@media print"})
    EXPECT_THAT(page, HasSubstr(said));
}

TEST_F(HtmlReportTest, ShowsWhatTheDeviceTold) {
  TargetResult target = timed_target();
  const std::string page = verify_report_html(report_of({target}));
  EXPECT_EQ(faults(page), "");
  for (const char* said : {"Clock of the device", "Power of the device",
                           "Temperature of the device", "another colour", " MHz", " W", "°C"})
    EXPECT_THAT(page, HasSubstr(said));
  target.device_readings.clear();
  EXPECT_THAT(verify_report_html(report_of({target})),
              Not(HasSubstr("of the device</figcaption>")));
  target.device = "cuda";
  EXPECT_THAT(verify_report_html(report_of({target})), HasSubstr("not in this record"));
}

// The checker is worth something: pages with each of its faults are refused.
TEST_F(HtmlReportTest, TheCheckerRefusesWhatItShould) {
  const std::string page = verify_report_html(report_of({timed_target()}));
  const std::pair<const char*, const char*> changes[] = {
      {"</figure>", ""},
      {"<figcaption>", "<script>alert(1)</script><figcaption>"},
      {"Understanding this:", "So:"},
      {"href=\"#t1\"", "href=\"#t9\""},
      {"href=\"#t1\"", "href=\"https://example.org\""},
      {"<h1>", "<h1 onclick=\"x()\">"},
      {"role=\"img\"", ""},
      {"cx=\"", "cx=\"nan\" x=\""},
  };
  for (const auto& [from, to] : changes) {
    std::string bad = page;
    ASSERT_NE(bad.find(from), std::string::npos) << from;
    bad.replace(bad.find(from), std::string(from).size(), to);
    EXPECT_NE(faults(bad), "") << from << " -> " << to;
  }
}

TEST_F(HtmlReportTest, WhatAnImplementationSaysIsText) {
  TargetResult target = timed_target();
  const std::string hostile = "</style></svg><script>alert('x')</script>\x1b[31m\xff&amp;\"";
  target.summary = target.isolation = target.stop_reason = hostile;
  for (ImplementationResult& r : target.implementations) {
    r.implementation += hostile;
    r.correct = false;
    r.sentence = hostile;
    r.findings.push_back({hostile, FindingStatus::fail, FindingKind::honesty, hostile, true});
    r.observation.outputs[0].name = r.observation.outputs[0].why = hostile;
  }
  VerifyReport report = report_of({target});
  report.targets[0].run.machine[hostile] = hostile;
  report.targets[0].run.id = report.ledger = report.gpu = hostile;
  const std::string page = verify_report_html(report);
  EXPECT_EQ(faults(page), "");
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
}

TEST_F(HtmlReportTest, NumbersThatAreNoneAndThingsThatAreNotThere) {
  TargetResult odd = timed_target("ch01:odd");
  ImplementationResult& r = odd.implementations[1];
  r.speedup.reset();
  r.time_ns.reset();
  r.claim_ns = std::numeric_limits<double>::quiet_NaN();
  r.slope_ns = -3;
  r.correct.reset();
  r.observation.outputs[0].against_reference.max_allowed_ratio =
      std::numeric_limits<double>::infinity();
  for (Window& w : r.observation.windows) w.sealed_ns = 0;
  TargetResult failed;
  failed.target = "ch02:none";
  failed.error = "the problem cannot be loaded";
  TargetResult empty = sample_target("ch03:empty", 0);
  for (ImplementationResult& row : empty.implementations) {
    row.observation.outputs.clear();
    row.observation.peaks = {};
    row.speedup.reset();
    row.time_ns.reset();
    row.claim_ns = row.slope_ns = 0;
    row.findings.clear();
  }
  const VerifyReport report = report_of({odd, failed, empty});
  const std::string page = verify_report_html(report);
  EXPECT_EQ(faults(page), "");
  EXPECT_THAT(page, HasSubstr("the problem cannot be loaded"));
  EXPECT_THAT(page, HasSubstr("Nothing was recorded to show here"));
  EXPECT_EQ(schema_status(verify_report_json(report)), 0);
}

TEST_F(HtmlReportTest, JsonFollowsItsSchemaAndHasWhatThePlotsShow) {
  VerifyReport report = report_of({timed_target()});
  Json json = verify_report_json(report);
  EXPECT_EQ(schema_status(json), 0);
  const Json& entry = json["targets"][0]["implementations"][1];
  EXPECT_EQ(entry["distribution_ns"]["windows"], 400);
  EXPECT_GT(entry["roofline_fraction"], 0);
  EXPECT_EQ(entry["result"]["implementation"], "optimized_avx512");
  // Against a GPU: its peaks and not the machine's; unknown ones give no number.
  const double here = entry["roofline_fraction"];
  report.gpu = "H100";
  report.peaks = {NamedPeaks{"NVIDIA H100 SXM", 1e15, "bf16, dense", 3.35e12, "a data sheet"}};
  json = verify_report_json(report);
  EXPECT_LT(json["targets"][0]["implementations"][1]["roofline_fraction"], here);
  EXPECT_THAT(verify_report_html(report), HasSubstr("roofline of NVIDIA H100 SXM"));
  report.peaks = {std::nullopt};
  EXPECT_TRUE(verify_report_json(report)["targets"][0]["implementations"][1]["roofline_fraction"]
                  .is_null());
  json["targets"][0]["implementations"][0]["result"] = 3;
  EXPECT_NE(schema_status(json), 0);
}

TEST(Chart, TailsAreCountedAndIntervalsAreWhereTheyBelong) {
  std::vector<double> samples(200, 10.0);
  for (std::size_t i = 0; i < 100; ++i) samples[i] = 10 + 0.01 * static_cast<double>(i);
  samples[0] = 1e6;
  const std::string svg = chart::rows("t", {{"a", 0, samples, 10.1, 10.2, 10.3, "note"}},
                                      {"time", time_text, false, {}, ""});
  EXPECT_THAT(svg, HasSubstr("note · 1 beyond"));
  EXPECT_EQ(chart::rows("t", {{"a", 0, {}, {}, {}, {}, ""}}, {"x", time_text, false, {}, ""}), "");
  EXPECT_EQ(chart::html("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
}

}  // namespace
}  // namespace aisp
