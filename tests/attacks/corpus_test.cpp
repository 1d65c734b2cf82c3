// The corpus, through the production path and by the rules of `aisp redteam`: each attack beside the
// baseline of its target, its honest twin and a control; the honest set in groups. What is caught,
// missed and accused: src/redteam/outcome.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "device/cpu/peaks.h"
#include "redteam/run.h"
#include "redteam/summary.h"

namespace aisp::redteam {
namespace {

namespace fs = std::filesystem;

const Corpus& corpus() {
  static const Corpus all = [] {
    auto found = find_corpus(AISP_BINARY_DIR, AISP_TARGETS_DIR, "cpu");
    if (!found.ok()) {
      ADD_FAILURE() << found.error().message();
      return Corpus{};
    }
    return std::move(*found);
  }();
  return all;
}

Settings settings() {
  Settings s;
  s.agent = AISP_AGENT;
  s.null_implementation = fs::path(AISP_BINARY_DIR) / "bin" / "aisp-null.so";
  const CachedPeaks cached = cpu_peaks(fs::path(AISP_BINARY_DIR) / "machine_peaks.json");
  s.peaks = {cached.peaks.flops_per_second, cached.peaks.bytes_per_second, cached.peaks.source};
  return s;
}

// What noise left undecided is not run here, and neither a pass nor a failure: `aisp redteam` counts it. An
// attack that did not try, died, or was rejected for another reason than its own, is a failure.
void expect_good(const std::vector<Row>& rows) {
  std::string undecided;
  for (const Row& row : rows) {
    std::printf("%-9s %-28s %-4s %s; %s | %d rounds, %d tries, %.1f s\n",
                std::string(to_string(row.kind)).c_str(), row.name.c_str(), row.klass.c_str(),
                outcome_words(row).c_str(), row.why.c_str(), row.rounds, row.tries, row.seconds);
    if (!row.said.empty()) std::printf("    it printed: %s\n", row.said.c_str());
    const bool failed = std::any_of(row.findings.begin(), row.findings.end(), [](const Finding& f) {
      return f.required && f.status == FindingStatus::fail;
    });
    if (row.outcome == Outcome::not_proven ||
        (row.outcome == Outcome::not_run && row.rounds > 0 && !failed && row.said.empty()) ||
        (row.expected == Expected::clean && row.outcome == Outcome::rejected && !failed)) {
      undecided += row.name + ": " + row.why + "\n";
      continue;
    }
    if (row.kind != Kind::attack) {
      EXPECT_EQ(row.outcome, Outcome::accepted) << row.name << ": " << row.why;
      continue;
    }
    EXPECT_TRUE(row.outcome == Outcome::rejected || row.outcome == Outcome::harmless)
        << to_string(row.outcome) << ": " << row.why << "\n"
        << row.sentence;
    if (row.expected == Expected::clean) {
      EXPECT_EQ(row.outcome, Outcome::harmless)
          << "it computes honestly in the end, and was rejected: " << row.why;
    }
  }
  if (!undecided.empty() && !testing::Test::HasFailure()) GTEST_SKIP() << undecided;
}

class AttackTest : public testing::TestWithParam<Entry> {};

TEST_P(AttackTest, IsCaughtAndItsHonestTwinIsAccepted) {
  const auto device = make_cpu_device();
  std::string isolation;
  expect_good(run_attack(corpus(), GetParam(), settings(), *device, isolation));
}

INSTANTIATE_TEST_SUITE_P(Corpus, AttackTest, testing::ValuesIn(corpus().attacks),
                         [](const auto& test) { return test.param.manifest.name; });

class HonestTest : public testing::TestWithParam<std::vector<Entry>> {};

TEST_P(HonestTest, IsNotAccused) {
  const auto device = make_cpu_device();
  std::string isolation;
  expect_good(run_honest(corpus(), GetParam(), settings(), *device, isolation));
}

INSTANTIATE_TEST_SUITE_P(Corpus, HonestTest, testing::ValuesIn(honest_groups(corpus().honest)),
                         [](const auto& test) { return test.param.front().manifest.name; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(HonestTest);

// ---- what would make the table worth nothing

Entry entry_of(const char* name) {
  for (const Entry& entry : corpus().attacks)
    if (entry.manifest.name == name) return entry;
  ADD_FAILURE() << "there is no attack " << name;
  return {};
}

std::vector<Row> run_once(const Entry& entry) {
  const auto device = make_cpu_device();
  std::string isolation;
  Settings once = settings();
  once.tries = 1;
  return run_attack(corpus(), entry, once, *device, isolation);
}

TEST(CorpusFailsClosed, HonestCodeInThePlaceOfAnAttackIsMissedAndACheatInThatOfATwinIsAccused) {
  Entry entry = entry_of("noop");
  std::swap(entry.attack, entry.honest);
  const auto rows = run_once(entry);
  ASSERT_GE(rows.size(), 2u);
  EXPECT_EQ(rows[0].outcome, Outcome::missed) << rows[0].why;
  EXPECT_EQ(rows[1].outcome, Outcome::accused) << rows[1].why;
  EXPECT_TRUE(summarize(rows).failed());
}

TEST(CorpusFailsClosed, AnAttackThatCannotBeLoadedOrIsNotThereWasNotRun) {
  Entry entry = entry_of("noop");
  entry.attack = fs::path(AISP_SOURCE_DIR) / "README.md";
  const auto unloadable = run_once(entry);
  EXPECT_EQ(unloadable[0].outcome, Outcome::not_run) << unloadable[0].why;
  entry.attack = "/nowhere/attack.so";
  const auto absent = run_once(entry);
  EXPECT_EQ(absent[0].outcome, Outcome::not_run) << absent[0].why;
  EXPECT_TRUE(summarize(absent).open());
}

TEST(CorpusIsComplete, EverySharedObjectIsThere) {
  EXPECT_GE(corpus().attacks.size(), 96u);
  for (const Entry& entry : corpus().attacks)
    for (const fs::path& file : {entry.attack, entry.honest, corpus().control(entry.manifest)})
      EXPECT_TRUE(fs::exists(file)) << file;
  for (const Entry& entry : corpus().honest) EXPECT_TRUE(fs::exists(entry.honest)) << entry.honest;
}

// They are compiled here and run where there is a GPU (`aisp redteam --device cuda`).
TEST(CorpusIsComplete, EverySharedObjectForGpusIsThereWhereTheToolkitIs) {
  const auto gpu = find_corpus(AISP_BINARY_DIR, AISP_TARGETS_DIR, "cuda");
  ASSERT_TRUE(gpu.ok()) << gpu.error().message();
  EXPECT_GE(gpu->attacks.size(), 40u);
  EXPECT_GE(gpu->honest.size(), 10u);
  if (!AISP_BUILT_WITH_CUDA)
    GTEST_SKIP() << "not run: there was no nvcc to build them, or no GPU to build them for";
  for (const Entry& entry : gpu->attacks)
    for (const fs::path& file : {entry.attack, entry.honest, gpu->control(entry.manifest)})
      EXPECT_TRUE(fs::exists(file)) << file;
  for (const Entry& entry : gpu->honest) EXPECT_TRUE(fs::exists(entry.honest)) << entry.honest;
}

}  // namespace
}  // namespace aisp::redteam
