// A run of the corpus that is stored and read again: summary, guards that were needed, protections.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "redteam/checklist.h"
#include "redteam/made_up.h"
#include "redteam/mutation.h"
#include "redteam/protections.h"
#include "redteam/recording_json.h"
#include "redteam/run.h"
#include "redteam/summary.h"

namespace aisp::redteam {
namespace {

using test::attack_row;
using test::finding;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace fs = std::filesystem;

constexpr FindingStatus kFail = FindingStatus::fail;
constexpr FindingStatus kNotRun = FindingStatus::not_run;

Row honest_row(Outcome outcome) {
  Row row = attack_row("pool", outcome);
  row.kind = Kind::honest;
  return row;
}

TEST(Summary, CountsOnlyWhatWasShownAsCaught) {
  const std::vector<Row> rows = {
      attack_row("a", Outcome::rejected), attack_row("b", Outcome::harmless),
      attack_row("c", Outcome::missed),   attack_row("d", Outcome::not_run),
      honest_row(Outcome::accepted),      honest_row(Outcome::accused),
      honest_row(Outcome::not_proven),    honest_row(Outcome::not_run)};
  const Summary s = summarize(rows);
  EXPECT_EQ(s.attacks, 4);
  EXPECT_EQ(s.caught, 2);
  EXPECT_EQ(s.harmless, 1);
  EXPECT_EQ(s.missed, 1);
  EXPECT_EQ(s.not_run, 1);
  EXPECT_EQ(s.honest, 4);
  EXPECT_EQ(s.accused, 1);
  EXPECT_EQ(s.not_proven, 2);
  EXPECT_TRUE(s.failed() && s.open());
  EXPECT_FALSE(summarize({rows[0], rows[1], rows[4]}).failed());
  EXPECT_FALSE(summarize({rows[0], rows[1], rows[4]}).open());
}

// ---- mutation

TEST(Mutation, AnAttackThatOneGuardCaughtPassesWithoutIt) {
  const Row alone = attack_row("alone", Outcome::rejected, {finding("values", kFail)});
  EXPECT_TRUE(passes_without(alone, "values"));
  EXPECT_FALSE(passes_without(alone, "bounds"));
  const Row together = attack_row("together", Outcome::rejected,
                                  {finding("values", kFail), finding("precision", kFail)});
  EXPECT_FALSE(passes_without(together, "values"));
  const Row open =
      attack_row("open", Outcome::rejected,
                 {finding("values", kFail), finding("progress", kNotRun, FindingKind::honesty)});
  EXPECT_FALSE(passes_without(open, "values")) << "what is not proven is not accepted either";
  const Row noted =
      attack_row("noted", Outcome::rejected,
                 {finding("values", kFail), finding("slope", kFail, FindingKind::honesty, false)});
  EXPECT_TRUE(passes_without(noted, "values")) << "a guard that is not required decides nothing";
}

TEST(Mutation, OneThatMayBeAcceptedPassesOnlyIfItGained) {
  Row row = attack_row("either", Outcome::rejected, {finding("claim", kFail, FindingKind::honesty)},
                       Expected::either);
  row.gain = stats::Interval{0.9, 0.8, 1.0};
  EXPECT_FALSE(passes_without(row, "claim"));
  row.gain = stats::Interval{2, 1.8, 2.1};
  EXPECT_TRUE(passes_without(row, "claim"));
  row.gain = std::nullopt;
  EXPECT_TRUE(passes_without(row, "claim")) << "unknown is not harmless";
}

TEST(Mutation, GuardsWithoutAnAttackOfTheirOwnAreRedundant) {
  Row accused = honest_row(Outcome::accused);
  accused.findings.push_back(finding("quiet", kFail, FindingKind::honesty));
  const auto worth = worth_of_guards(
      {attack_row("a", Outcome::rejected, {finding("values", kFail)}),
       attack_row("b", Outcome::rejected, {finding("values", kFail), finding("precision", kFail)}),
       accused});
  const auto of = [&](const std::string& guard) {
    for (const GuardWorth& w : worth)
      if (w.guard == guard) return w;
    ADD_FAILURE() << guard;
    return GuardWorth{};
  };
  EXPECT_THAT(of("values").only, ElementsAre("a"));
  EXPECT_EQ(of("values").rejects, 2);
  EXPECT_TRUE(of("precision").redundant());
  EXPECT_EQ(of("precision").rejects, 1);
  EXPECT_TRUE(of("bounds").redundant());
  EXPECT_THAT(of("quiet").accuses, ElementsAre("pool"));
}

// ---- JSON

Recording recording() {
  Recording r;
  r.started_at = "2026-01-31T12:00:00Z";
  r.finished_at = "2026-01-31T12:05:00Z";
  r.device = "cpu";
  r.hardware = "a processor";
  r.isolation = "full";
  r.command = "aisp redteam";
  r.part = "2/4";
  r.complete = false;
  r.machine = {{"cpus", "2"}};
  r.software = {{"aisp", "1"}};
  r.rows = {attack_row("a", Outcome::rejected, {finding("values", kFail)}),
            attack_row("b", Outcome::harmless, {}, Expected::either),
            honest_row(Outcome::accepted)};
  r.rows[0].checklist = {"output.nan"};
  r.rows[1].checklist = {"output.inf", "output.nan"};
  r.rows[1].gain = stats::Interval{1, 0.9, 1.1};
  r.rows[1].ends = "prevented";
  return r;
}

TEST(RecordingJson, ComesBackAsItWas) {
  const std::string text = dump(recording_json(recording()), 1);
  const auto back = recording_from_json(text);
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_EQ(dump(recording_json(*back), 1), text);
  EXPECT_EQ(back->rows[0].guards(), std::vector<std::string>{"values"});
}

// Those in docs/measurements are from before there were parts.
TEST(RecordingJson, OlderOnesAreWhole) {
  Json old = recording_json(recording());
  old["run"].erase("part");
  old["run"].erase("complete");
  const auto back = recording_from_json(dump(old));
  ASSERT_TRUE(back.ok()) << back.error().message();
  EXPECT_TRUE(back->complete);
  EXPECT_EQ(back->part, "");
}

TEST(RecordingJson, WithAFaultIsRefused) {
  const Json good = recording_json(recording());
  const auto refused = [](const Json& json) { return !recording_from_json(dump(json)).ok(); };
  EXPECT_FALSE(refused(good));
  Json bad = good;
  bad["summary"]["missed"] = 7;
  EXPECT_TRUE(refused(bad)) << "a summary that its rows do not have";
  bad = good;
  bad["schema_version"] = 2;
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad["rows"][0]["outcome"] = "fine";
  EXPECT_TRUE(refused(bad));
  bad = good;
  bad["rows"][0].erase("findings");
  EXPECT_TRUE(refused(bad));
  EXPECT_FALSE(recording_from_json("[").ok());
}

// ---- what is shown

TEST(Checklist, HasEachRowOnce) {
  std::set<std::string_view> ids;
  for (const auto list : {validity_failures(), listed_protections()})
    for (const ChecklistRow& row : list) EXPECT_TRUE(ids.insert(row.id).second) << row.id;
  EXPECT_EQ(validity_failures().size(), 95u);
  EXPECT_NE(checklist_row("output.nan"), nullptr);
  EXPECT_EQ(checklist_row("output.nun"), nullptr);
}

std::string line_of(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("| " + name + " |");
  if (at == std::string::npos) return {};
  return text.substr(at, text.find('\n', at) - at);
}

TEST(Protections, AreShownByAttacksThatWereCaughtAndByNothingElse) {
  const std::string text = protections_markdown({recording()});
  EXPECT_THAT(line_of(text, "NaN"), HasSubstr("| prevented, refuted | [a](../attacks/a), [b]"));
  EXPECT_THAT(line_of(text, "NaN"), HasSubstr("| cpu | 2026-01-31 |"));
  EXPECT_THAT(line_of(text, "Inf"), HasSubstr("| prevented | [b](../attacks/b) |"));
  EXPECT_THAT(line_of(text, "denormals"), HasSubstr("🔴 **unproven** | no attack"));
  EXPECT_THAT(line_of(text, "rank skipping"), HasSubstr("| not applicable | no target"));
}

TEST(Protections, OneAttackThatWasNotCaughtInOneRepeatLeavesItsRowsUnproven) {
  for (const Outcome outcome : {Outcome::missed, Outcome::not_run}) {
    Recording r = recording();
    Row again = r.rows[0];
    again.repeat = 1;
    again.outcome = outcome;
    r.rows.push_back(again);
    const std::string text = protections_markdown({r});
    EXPECT_THAT(line_of(text, "NaN"), HasSubstr("🔴 **unproven** | not caught: [a]"));
    EXPECT_THAT(line_of(text, "Inf"), Not(HasSubstr("unproven")));
  }
}

// docs/protections.md is what the recorded runs say, and the rows of an attack in them are those of its
// manifest.
TEST(Protections, OfTheRepositoryAreMadeFromItsRecordedRuns) {
  const auto read = [](const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  const fs::path root = AISP_SOURCE_DIR;
  std::vector<Recording> recordings;
  std::string command = "build/bin/aisp redteam";
  for (const char* run : {"cpu", "cuda"}) {
    const fs::path file =
        root / "docs" / "measurements" / (std::string("redteam-") + run + ".json");
    if (!fs::exists(file)) continue;
    auto recording = recording_from_json(read(file));
    ASSERT_TRUE(recording.ok()) << file << ": " << recording.error().message();
    recordings.push_back(std::move(*recording));
    command += " --from " + file.lexically_relative(root).string();
  }
  if (recordings.empty()) GTEST_SKIP() << "no run of the whole corpus is recorded yet";
  EXPECT_EQ(read(root / "docs" / "protections.md"), protections_markdown(recordings))
      << "make it anew: " << command << " --write-protections docs/protections.md";
  for (const Recording& recording : recordings)
    for (const Row& row : recording.rows) {
      if (row.kind != Kind::attack) continue;
      const fs::path described = root / "attacks" / row.name / "manifest.json";
      // It was taken out since: the threat model says why.
      if (!fs::exists(described)) continue;
      const auto manifest = manifest_from_json(read(described));
      ASSERT_TRUE(manifest.ok()) << row.name;
      EXPECT_EQ(row.checklist, manifest->rows)
          << row.name << " was recorded with other rows: record the corpus anew";
    }
}

TEST(Baselines, ThatOneAttackSlowsDownAreSeen) {
  std::vector<Row> rows;
  for (int i = 0; i < 6; ++i) {
    rows.push_back(attack_row("a" + std::to_string(i), Outcome::harmless));
    rows.back().control = stats::Interval{2.5, 2.3, 2.7};
  }
  EXPECT_THAT(slowed_baselines(rows), IsEmpty());
  rows[3].control = stats::Interval{5, 4, 6};
  EXPECT_THAT(slowed_baselines(rows), ElementsAre(3u));
  rows.resize(4);
  EXPECT_THAT(slowed_baselines(rows), IsEmpty()) << "too few to know what is usual";
}

TEST(Table, SaysWhatIsNoPassAndWhy) {
  const std::string text =
      rows_table({attack_row("sneaky", Outcome::missed), honest_row(Outcome::accused),
                  attack_row("plain", Outcome::rejected, {finding("values", kFail)})},
                 100);
  EXPECT_THAT(text, HasSubstr("attack sneaky: MISSED\n    made up"));
  EXPECT_THAT(text, HasSubstr("honest pool: ACCUSED\n    made up"));
  EXPECT_THAT(text, HasSubstr("values, alone"));
  EXPECT_EQ(
      closing_sentence(recording()),
      "2 attacks on cpu: 2 caught (1 of them accepted and without gain), 0 missed, 0 not run; "
      "1 honest: 0 accused, 0 not proven.");
}

}  // namespace
}  // namespace aisp::redteam
