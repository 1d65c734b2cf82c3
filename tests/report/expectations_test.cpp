// Decisions against accepted runs are made by intervals, and a damaged file is never half believed.
#include "report/expectations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "device/published_peaks.h"
#include "ledger/sample_run.h"
#include "report/json_place.h"

namespace aisp {
namespace {

using stats::Interval;
using testing::sample_run;
using testing::sample_target;

const std::string kFile = "chapters/ch01/expectations_cpu_an_abacus.json";
constexpr const char* kName = "optimized_avx512";

RunRecord record(const Interval& speedup, const std::string& id = "run1") {
  RunRecord run{sample_run(id), {sample_target()}};
  run.info.machine["cpu model"] = "An Abacus";
  run.results[0].signature = std::string(64, 'f');
  run.results[0].implementations[1].speedup = speedup;
  return run;
}

Expectations accepted_from(const RunRecord& run) {
  Expectations e;
  e.hardware_key = hardware_key(run.info, "cpu");
  update_expectations(e, run, run.results, "2026-02-01T00:00:00Z");
  return e;
}

ExpectationStatus status_of(const Expectations& e, const RunRecord& run,
                            const std::string& implementation = kName) {
  for (const ExpectationCheck& check : check_expectations(e, run.results))
    if (check.implementation == implementation) return check.status;
  ADD_FAILURE() << implementation << " was not checked";
  return ExpectationStatus::new_one;
}

TEST(Expectations, HardwareKeysAreSlugs) {
  RunInfo run;
  run.machine["cpu model"] = "AMD EPYC 9B14 (64-Core)";
  EXPECT_EQ(hardware_key(run, "cpu"), "cpu_amd_epyc_9b14_64_core");
  run.machine["gpu"] = "NVIDIA H200";
  EXPECT_EQ(hardware_key(run, "cuda"), "h200");
  run.machine["gpu"] = "../../etc/passwd";
  EXPECT_EQ(hardware_key(run, "cuda"), "etc_passwd");
  EXPECT_EQ(hardware_key({}, "cuda"), "gpu_unknown");
  run.machine["gpu"] = "NVIDIA H100 80GB HBM3";
  EXPECT_EQ(hardware_key(run, "cuda"), "h100");
  run.machine["gpu"] = "NVIDIA H100 96GB HBM3";  // not in the table: nobody says which one it is
  EXPECT_EQ(hardware_key(run, "cuda"), "nvidia_h100_96gb_hbm3");
}

TEST(Expectations, WarmTimesAndGraphReplaysAreOtherTimes) {
  Expectations e = accepted_from(record({2.0, 1.98, 2.02}));
  ASSERT_EQ(e.targets.size(), 1u);
  for (const char* mode : {"hot", "cold, graph replay"}) {
    RunRecord run = record({3.0, 2.98, 3.02}, "run2");
    run.results[0].mode = mode;
    EXPECT_EQ(status_of(e, run), ExpectationStatus::other_work);
    const std::string before = expectations_text(e);
    const auto lines = update_expectations(e, run, run.results, "2026-03-01T00:00:00Z");
    EXPECT_EQ(expectations_text(e), before);
    EXPECT_THAT(lines, ::testing::ElementsAre(::testing::HasSubstr(mode)));
  }
}

TEST(Expectations, EveryPublishedGpuHasAFileOfItsOwn) {
  std::map<std::string, std::string> keys;
  for (const PublishedGpu& gpu : published_peaks().gpus)
    for (const std::string& name : gpu.nvml) {
      RunInfo run;
      run.machine["gpu"] = name;
      const auto [at, added] = keys.emplace(hardware_key(run, "cuda"), gpu.name);
      EXPECT_TRUE(added || at->second == gpu.name) << name << " and " << at->second;
    }
}

TEST(Expectations, WhatIsWrittenComesBack) {
  const Expectations e = accepted_from(record({2.0, 1.98, 2.02}));
  const std::string text = expectations_text(e);
  const auto read = read_expectations(text, kFile);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(expectations_text(*read), text);
  EXPECT_EQ(read->targets.at("gemm").implementations.size(), 2u);
}

TEST(Expectations, DecisionsAreMadeByIntervals) {
  const Expectations e = accepted_from(record({2.0, 1.98, 2.02}));
  EXPECT_EQ(status_of(e, record({2.0, 1.9999, 2.0001})), ExpectationStatus::unsure);  // 1 % each
  EXPECT_EQ(status_of(e, record({1.9, 1.88, 1.92})), ExpectationStatus::slower);
  EXPECT_EQ(status_of(e, record({1.9, 1.5, 2.3})), ExpectationStatus::unsure);
  EXPECT_EQ(status_of(e, record({2.2, 2.15, 2.25})), ExpectationStatus::faster);
  const Expectations sharp = accepted_from(record({2.0, 1.999, 2.001}));
  EXPECT_EQ(status_of(sharp, record({2.001, 2.0, 2.002})), ExpectationStatus::as_expected);
  EXPECT_FALSE(is_regression(status_of(sharp, record({2.001, 2.0, 2.002}))));
  EXPECT_TRUE(is_regression(status_of(e, record({1.9, 1.88, 1.92}))));
}

TEST(Expectations, SlowDriftIsSeenAgainstWhatWasAcceptedFirst) {
  Expectations e = accepted_from(record({2.0, 1.999, 2.001}));
  for (const double s : {1.99, 1.98, 1.97, 1.96}) {
    const RunRecord next = record({s, s * 0.9995, s * 1.0005});
    EXPECT_NE(status_of(e, next), ExpectationStatus::slower) << s;
    update_expectations(e, next, next.results, "later");
  }
  EXPECT_EQ(e.targets["gemm"].implementations[kName].first.speedup->estimate, 2.0);
  EXPECT_EQ(status_of(e, record({1.955, 1.954, 1.956})), ExpectationStatus::drifted);
  EXPECT_EQ(status_of(e, record({2.0, 1.999, 2.001})), ExpectationStatus::faster);
}

TEST(Expectations, OtherWorkIsNotComparedAndAcceptedOnlyAnew) {
  Expectations e = accepted_from(record({2.0, 1.98, 2.02}));
  RunRecord other = record({9.0, 8.9, 9.1});
  other.results[0].signature = std::string(64, 'e');
  EXPECT_EQ(status_of(e, other), ExpectationStatus::other_work);
  const auto lines = update_expectations(e, other, other.results, "later");
  EXPECT_THAT(lines, ::testing::Contains(::testing::HasSubstr("has changed")));
  EXPECT_EQ(e.targets["gemm"].implementations[kName].first.speedup->estimate, 9.0);
  other.results[0].signature.clear();
  EXPECT_EQ(status_of(e, other), ExpectationStatus::other_work);
}

TEST(Expectations, OnlyWhatIsProvenIsAccepted) {
  RunRecord run = record({2.0, 1.98, 2.02});
  const Expectations good = accepted_from(run);
  run.results[0].implementations[1].honest = std::nullopt;
  EXPECT_EQ(accepted_from(run).targets.at("gemm").implementations.size(), 1u);
  EXPECT_EQ(status_of(good, run), ExpectationStatus::not_accepted);
  run.results[0].implementations[0].correct = false;
  EXPECT_TRUE(accepted_from(run).targets.empty());
  run = record({2.0, NAN, 2.02});
  EXPECT_FALSE(accepted_from(run).targets.at("gemm").implementations.contains(kName));
  run.results[0].implementations.pop_back();
  EXPECT_EQ(status_of(good, run), ExpectationStatus::missing);
  EXPECT_EQ(status_of(Expectations{}, run, "baseline"), ExpectationStatus::new_one);
}

TEST(Expectations, AnErrorNamesTheLine) {
  const std::string text = expectations_text(accepted_from(record({2.0, 1.98, 2.02})));
  const auto message = [&](const std::string& from, const std::string& to) {
    std::string damaged = text;
    const std::size_t at = damaged.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    damaged.replace(at, from.size(), to);
    const auto read = read_expectations(damaged, kFile);
    return read.ok() ? "accepted" : read.error().message();
  };
  const auto in_line = [](int line) {
    return ::testing::HasSubstr(kFile + ":" + std::to_string(line));
  };
  EXPECT_THAT(message("\"schema_version\": 2", "\"schema_version\": 3"), in_line(2));
  EXPECT_THAT(message("cpu_an_abacus", "cpu_another"), in_line(3));
  EXPECT_THAT(message("\"type\": \"cpp\"", "\"type\": \"cpp"), in_line(7));
  EXPECT_THAT(message("\"example\": \"gemm\"", "\"example\": \"gemn\""), in_line(5));
  EXPECT_THAT(message("1.98", "1.58"), ::testing::HasSubstr("checksum"));
  EXPECT_THAT(message("\"examples\"", "\"schema_version\": 2,\n\"examples\""),
              ::testing::HasSubstr("there twice"));
  EXPECT_THAT(message("{\n", "{\n  \"more\": 1,\n"), in_line(2));
  EXPECT_FALSE(read_expectations(text + "x", kFile).ok());
  EXPECT_FALSE(read_expectations(text, "chapters/ch01/expectations_h200.json").ok());
  EXPECT_FALSE(read_expectations("", kFile).ok());
  EXPECT_FALSE(read_expectations(std::string(100000, '['), kFile).ok());
}

TEST(Expectations, TenThousandMutationsAreErrorsOrChangeNothing) {
  const std::string whole = expectations_text(accepted_from(record({2.0, 1.98, 2.02})));
  std::mt19937 random(11);
  const std::string letters = "0123456789{}[]\",:.-+eEtrufalsn \n\\\x01\xff";
  int refused = 0;
  for (int i = 0; i < 10000; ++i) {
    std::string text = whole;
    for (unsigned k = 0; k < 1 + random() % 3; ++k) {
      const std::size_t at = random() % text.size();
      switch (random() % 5) {
        case 0: text[at] = letters[random() % letters.size()]; break;
        case 1: text.erase(at, 1 + random() % 20); break;
        case 2: text.insert(at, 1, letters[random() % letters.size()]); break;
        case 3: text.resize(at + 1); break;
        default: text.insert(at, text.substr(random() % text.size(), random() % 40)); break;
      }
    }
    const auto read = read_expectations(text, kFile);
    if (read.ok()) {
      ASSERT_EQ(expectations_text(*read), whole) << text;
    } else {
      ++refused;
      ASSERT_THAT(read.error().on, ::testing::MatchesRegex(".*:[0-9]+"));
      ASSERT_FALSE(read.error().why.empty());
    }
  }
  EXPECT_GT(refused, 8000);
}

TEST(JsonPlace, LinesOfValues) {
  const std::string text = "{\n \"a\": [1,\n 2],\n \"b\\n\": {\"c\": \"}\\\"\",\n \"d\": 1}}\n";
  EXPECT_EQ(line_of(text, {}), 1);
  EXPECT_EQ(line_of(text, {"a"}), 2);
  EXPECT_EQ(line_of(text, {"b\n"}), 4);
  EXPECT_EQ(line_of(text, {"b\n", "d"}), 5);
  EXPECT_EQ(line_of(text, {"b\n", "absent"}), 4);
  EXPECT_EQ(line_of("", {"a"}), 1);
  for (std::size_t n = 0; n < text.size(); ++n) line_of(text.substr(0, n), {"b\n", "d"});
}

}  // namespace
}  // namespace aisp
