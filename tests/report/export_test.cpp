// Exports are read by the readers that they are for: check_exports.py.
#include "report/export.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "ledger/result_json.h"
#include "ledger/sample_run.h"

namespace aisp {
namespace {

using testing::Folder;
using testing::sample_run;
using testing::sample_target;

ExportedRun sample() {
  ExportedRun run{{sample_run(), {sample_target("ch01:gemm", 30), sample_target("ch01:copy", 30)}},
                  RunState::finished};
  run.record.info.machine = {{"cpu model", "an abacus"}, {"cpus", "2"}};
  return run;
}

// What the reader says; empty = it was content.
std::string reader_says(const std::string& format, const std::string& text, std::string* out = {}) {
  const Folder folder;
  std::ofstream(folder / "export") << text;
  const std::string command = "python3 '" AISP_SOURCE_DIR "/tests/report/check_exports.py' " +
                              format + " '" + (folder / "export") + "' > '" + (folder / "out") +
                              "' 2> '" + (folder / "err") + "'";
  const int status = std::system(command.c_str());
  std::stringstream said, printed;
  said << std::ifstream(folder / "err").rdbuf();
  printed << std::ifstream(folder / "out").rdbuf();
  if (out != nullptr) *out = printed.str();
  return status == 0 ? "" : "refused: " + said.str();
}

constexpr const char* kFormats[] = {"csv",     "json",  "google-benchmark",
                                    "nvbench", "junit", "openmetrics"};

std::string exported(const ExportedRun& run, const std::string& format) {
  const auto text = export_runs({run}, export_format(format).value());
  return text.ok() ? *text : text.error().message();
}

TEST(Export, EveryFormatIsReadByItsReader) {
  std::string rows;
  for (const char* format : kFormats)
    EXPECT_EQ(reader_says(format, exported(sample(), format), &rows), "") << format;
}

TEST(Export, TextOfAWorkerHarmsNoFormat) {
  ExportedRun run = sample();
  for (TargetResult& target : run.record.results) {
    target.error = "a \"quote\", a <tag> & a \\ backslash\nnew line";
    for (ImplementationResult& r : target.implementations) {
      r.implementation += "\"},\n# EOF\n<&>'\\,\x01\x1b[31m\xff\xfe{}=1";
      r.sentence = "=cmd|' /C calc'!A0 ]]> \x07 \xc3( \"";
      r.honest = false;
      for (Finding& f : r.findings) f.message = "</failure><script>\x02\xff";
    }
  }
  for (const char* format : kFormats)
    EXPECT_EQ(reader_says(format, exported(run, format)), "") << format;
}

TEST(Export, RandomBytesHarmNoFormat) {
  std::mt19937 random(3);
  for (int i = 0; i < 5; ++i) {
    ExportedRun run = sample();
    for (TargetResult& target : run.record.results)
      for (ImplementationResult& r : target.implementations)
        for (std::string* text : {&r.implementation, &r.sentence, &r.time_source, &r.content_hash})
          for (int k = 0; k < 200; ++k) *text += static_cast<char>(random());
    for (const char* format : kFormats)
      EXPECT_EQ(reader_says(format, exported(run, format)), "") << format;
  }
}

TEST(Export, RefusedAndUnprovenHaveNoTimesForOthersToCompare) {
  ExportedRun run = sample();
  run.record.results.pop_back();
  run.record.results[0].implementations[1].correct = false;
  const Json google = Json::parse(exported(run, "google-benchmark"));
  int errors = 0;
  for (const Json& row : google["benchmarks"])
    if (row["run_name"] == "ch01:gemm/optimized_avx512") {
      EXPECT_EQ(row["error_occurred"], true);
      EXPECT_EQ(row["real_time"], 0.0);
      ++errors;
    }
  EXPECT_EQ(errors, 1);
  const Json nvbench = Json::parse(exported(run, "nvbench"));
  EXPECT_EQ(nvbench["benchmarks"][0]["states"][1]["is_skipped"], true);
  EXPECT_NE(exported(run, "junit").find("failures=\"1\""), std::string::npos);
  run.record.results[0].implementations[1].correct = std::nullopt;
  EXPECT_NE(exported(run, "junit").find("skipped=\"1\""), std::string::npos);
  EXPECT_NE(exported(run, "openmetrics")
                .find("aisp_correct{target=\"ch01:gemm\",device=\"cpu\","
                      "implementation=\"optimized_avx512\"} -1"),
            std::string::npos);
}

TEST(Export, EachTimedWindowIsARepetition) {
  const ExportedRun run = sample();
  const auto times = window_times_ns(run.record.results[0].implementations[0]);
  ASSERT_EQ(times.size(), 10u);  // one in three of sample_window is timed
  // Window 1: 2 calls, sealed 40,001 ns; the null implementation takes 36,000 + 45 of it.
  EXPECT_DOUBLE_EQ(times[0], (40001.0 - 36045.0) / 2);
  const Json google = Json::parse(exported(run, "google-benchmark"));
  int repetitions = 0;
  for (const Json& row : google["benchmarks"])
    repetitions += row["name"] == "ch01:gemm/baseline" ? 1 : 0;
  EXPECT_EQ(repetitions, 10);
}

TEST(Export, FormatsOfOneRunRefuseSeveral) {
  EXPECT_FALSE(export_runs({sample(), sample()}, ExportFormat::junit).ok());
  EXPECT_FALSE(export_runs({}, ExportFormat::openmetrics).ok());
  EXPECT_TRUE(export_runs({sample(), sample()}, ExportFormat::csv).ok());
  EXPECT_FALSE(export_format("xml"));
}

}  // namespace
}  // namespace aisp
